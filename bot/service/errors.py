"""The exceptions that a caller can act on."""


class GenklangError(Exception):
    """The root of our own exceptions. Messages carry no personal data: they end up in logs."""


class ConfigurationError(GenklangError):
    """A setting is missing or wrong; the message says which one and how to mend it. The process must not start."""


class UnreadableValueError(GenklangError):
    """An encrypted value cannot be read with the keys at hand."""


class UnreadableMessageError(GenklangError):
    """A foreign message does not have the form that its channel promises."""


class UnknownCodeError(GenklangError):
    """No participant has this code, or it has expired."""


class ChatClosedError(GenklangError):
    """The chat of this code is no longer open: the time to answer is over."""


class BadRequestError(GenklangError):
    """What was sent cannot be used; the message says what is wrong and how to mend it."""


class CaseConflictError(GenklangError):
    """Somebody else changed the case first; nothing was overwritten."""
