"""Whether a webhook call comes from the provider: an HS256 JWT in a header, whose claims are the call's content.

The provider sets no expiry, so a captured call stays valid: what it brings must be harmless when it comes again.
"""

import re
from collections.abc import Mapping
from typing import Any

import jwt

HEADER = "X-Gwapi-Signature"
ALGORITHM = "HS256"  # pinned: the token's own header has no say
# What we act upon; elsewhere claims and body may differ (the claims name the webhook, the body leaves out what is null).
COMPARED = ("id", "msisdn", "sender", "message", "payload", "senttime", "time", "status", "userref")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class ForgedError(Exception):
    """The call is not the provider's. The sentence says why, without a word of the content."""


def read_claims(token: str, secret: str) -> Mapping[str, Any]:
    """What the provider has signed.

    Raises:
        ForgedError: there is no token, or it is cut off, altered, signed otherwise or past an expiry.
    """
    if not token:
        raise ForgedError("no signature")
    try:
        claims: dict[str, Any] = jwt.decode(token, secret, algorithms=[ALGORITHM])
    except (jwt.PyJWTError, RecursionError) as error:
        raise ForgedError(type(error).__name__) from error
    return claims


def compare(claims: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Make sure that a body says what was signed.

    Raises:
        ForgedError: it does not.
    """
    differing = [name for name in COMPARED if _plain(claims.get(name)) != _plain(body.get(name))]
    if differing:
        raise ForgedError(f"the body differs from what was signed: {', '.join(differing)}")


def _plain(value: Any) -> Any:
    """Numbers as one form: which of 1, 1.0 and "1" stands there depends on who wrote the JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value
