"""Which development instance this is: its folder, its three ports and the addresses that follow from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.service.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[3]  # of the repository


@dataclass(frozen=True)
class Instance:
    """One development instance; several stand beside each other if their homes and ports differ."""

    home: Path  # absolute: database, secrets, logs, ready.json
    port: int  # of the service; the engine has the next one, the control the one after
    root: Path = ROOT

    @property
    def engine_port(self) -> int:
        """Where the engine listens."""
        return self.port + 1

    @property
    def control_port(self) -> int:
        """Where the supervisor's control listens."""
        return self.port + 2

    @property
    def ports(self) -> dict[str, int]:
        """All three, by whom they serve."""
        return {"service": self.port, "engine": self.engine_port, "control": self.control_port}

    def address(self, name: str, path: str = "") -> str:
        """Return the loopback address of service, engine or control."""
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    @property
    def model(self) -> Path:
        """The trained model, made by `make train`."""
        return self.root / "models" / "genklang.tar.gz"

    def log(self, name: str) -> Path:
        """Return the file that a process's output goes to."""
        return self.home / "logs" / f"{name}.log"


def read_instance(environment: Mapping[str, str]) -> Instance:
    """Read GENKLANG_HOME and GENKLANG_PORT.

    Raises:
        ConfigurationError: for a port that is none, or in production, where the three processes run apart.
    """
    if environment.get("GENKLANG_MODE", "development") != "development":
        raise ConfigurationError(
            "GENKLANG_MODE is not development, and `make run` is for development only: it opens /dev and the phone "
            "simulator. Unset it, or run the three processes apart as README.md says."
        )
    port = environment.get("GENKLANG_PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65533:
        raise ConfigurationError(f"GENKLANG_PORT must be a whole number from 1 to 65533, not {port!r}")
    return Instance(home=Path(environment.get("GENKLANG_HOME") or "var").resolve(), port=int(port))
