"""The one table of pauses: when a message that could not be sent is tried again."""

from datetime import timedelta

SEND_PAUSES = (timedelta(minutes=5), timedelta(minutes=10))  # business time; failed at the third try
SHORTEST_PAUSE = timedelta(seconds=1)  # business time, whatever less a provider asks for: no row may go round and round


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after `attempts` failed tries; None: give up."""
    return SEND_PAUSES[attempts - 1] if attempts <= len(SEND_PAUSES) else None
