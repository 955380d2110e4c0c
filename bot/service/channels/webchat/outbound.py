"""Hands messages over to the web chat."""

from bot.service.channels.base import Rate, Receipts, Sending


class WebchatSender:
    """Handing over is all there is to do: the page fetches the rows that are handed over."""

    repeatable = True
    receipts = Receipts.NONE
    rate: Rate | None = None

    def send(self, sending: Sending) -> None:
        """Nothing leaves here, so nothing can fail and there is no provider's id."""
