"""Telegram: polling.py or webhook.py bring updates in, inbound.py reads, outbound.py sends, binding.py knows whose chat it is."""

import os

# The library's own switch: pauses are timedeltas, as they will be in its next version. Without it, every 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
