"""The only place that asks the time.

Business time (deadlines, windows, expiry, retries) comes from `Clock.now`, which development mode can move for all processes at
once by the file `$GENKLANG_HOME/clock`. Leases, time-outs and rate limits use `machine_now`, which nothing moves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def machine_now() -> datetime:
    """The machine's time, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Business time: the machine's time plus the offset, in seconds, that stands in `offset_file` (None: no offset ever)."""

    offset_file: Path | None = None

    def now(self) -> datetime:
        """Business time, aware, UTC."""
        return machine_now() + timedelta(seconds=self.offset())

    def offset(self) -> float:
        """Seconds that business time is ahead of the machine's; 0.0 where no offset was set."""
        if self.offset_file is None:
            return 0.0
        try:
            return float(self.offset_file.read_text())
        except FileNotFoundError:
            return 0.0

    def advance(self, seconds: float) -> datetime:
        """Move business time on for every process that shares the file and return the new time.

        Raises:
            ValueError: for a clock without a file, or a step back (deadlines would move).
        """
        if self.offset_file is None or seconds < 0:
            raise ValueError("only a development clock can be moved, and only forwards")
        whole = self.offset_file.with_suffix(".new")
        whole.write_text(repr(self.offset() + seconds))
        whole.replace(self.offset_file)
        return self.now()
