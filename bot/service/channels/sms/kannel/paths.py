"""Where Kannel calls us; the first stands in its configuration too (docs/examples/kannel.conf)."""

MESSAGE = "/sms/kannel/message"
RECEIPT = "/sms/kannel/receipt"
