"""Which webhook calls are the provider's. Tokens are made by hand, one of them is the documentation's own."""

import base64
import json
from typing import Any

import pytest

from bot.service.channels.sms.gatewayapi.signature import ForgedError, compare, read_claims
from tests.gatewayapi_server import SECRET, message, sign

CLAIMS = message(2_000_001, "+4500000012", "Hej æøå 🙂")
TOKEN = sign(CLAIMS, SECRET)
HEAD, CONTENT, SIGNATURE = TOKEN.split(".")
# From the provider's documentation, where its secret is "secret".
DOCUMENTED = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZCI6MjM4MTcwMywibXNpc2RuIjo0NTQyNjA5MDQ1LCJ0aW1lIjoxNTIyNzY0MDYyLCJzdGF0dXMi"
    "OiJERUxJVkVSRUQiLCJlcnJvciI6bnVsbCwiY29kZSI6bnVsbCwidXNlcnJlZiI6bnVsbCwiY2FsbGJhY2tfdXJsIjoiaHR0cDovL2JiYWY3MTQyLm5n"
    "cm9rLmlvIiwiYXBpIjo0fQ.KdfDH65bnQtgxEkFnpAQodOciAJedZFB13r9wEo8t3Y"
)


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_what_the_provider_signed_is_read() -> None:
    assert read_claims(TOKEN, SECRET) == CLAIMS


@pytest.mark.filterwarnings("ignore:The HMAC key is 6 bytes")
def test_the_documented_token_is_read() -> None:
    claims = read_claims(DOCUMENTED, "secret")

    assert (claims["id"], claims["status"]) == (2381703, "DELIVERED")


FORGED = {
    "none": "",
    "no token at all": "hej",
    "another secret": sign(CLAIMS, SECRET + "x"),
    "another secret of the same beginning": sign(CLAIMS, SECRET[:-1]),
    "alg none with our signature": f"{part({'typ': 'JWT', 'alg': 'none'})}.{CONTENT}.{SIGNATURE}",
    "alg none without": f"{part({'typ': 'JWT', 'alg': 'none'})}.{CONTENT}.",
    "alg None": f"{part({'typ': 'JWT', 'alg': 'None'})}.{CONTENT}.",
    "HS512 with the right secret": sign(CLAIMS, SECRET, algorithm="HS512", hash_name="sha512"),
    "HS384 with the right secret": sign(CLAIMS, SECRET, algorithm="HS384", hash_name="sha384"),
    "RS256 by name": sign(CLAIMS, SECRET, algorithm="RS256"),
    "no alg": f"{part({'typ': 'JWT'})}.{CONTENT}.{SIGNATURE}",
    "other content": f"{HEAD}.{part(CLAIMS | {'message': 'Stop'})}.{SIGNATURE}",
    "cut off in the signature": TOKEN[:-5],
    "cut off in the content": TOKEN[: len(TOKEN) // 2],
    "without a signature": f"{HEAD}.{CONTENT}.",
    "one part too many": f"{TOKEN}.{SIGNATURE}",
    "expired, if it says so": sign(CLAIMS | {"exp": 1_500_000_000}, SECRET),
    "no object": sign([CLAIMS], SECRET),
    "a text": sign("hej", SECRET),
    "nested beyond measure": f"{HEAD}.{base64.urlsafe_b64encode(b'[' * 100_000).decode().rstrip('=')}.{SIGNATURE}",
    "no ASCII": "æ.ø.å",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_what_is_not_the_providers_is_refused(token: str) -> None:
    with pytest.raises(ForgedError) as refused:
        read_claims(token, SECRET)

    assert ("Hej" in str(refused.value), "4500000012" in str(refused.value)) == (False, False)


def test_no_expiry_is_the_usual_case() -> None:
    assert read_claims(sign(CLAIMS | {"senttime": 1}, SECRET), SECRET)["senttime"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"webhook_label": "another", "country_code": None, "callback_url": "https://eksempel.dk", "error": None},
        {"msisdn": "4500000012", "id": "2000001", "senttime": 1_795_000_000.0},
    ],
)
def test_body_that_says_the_same_is_accepted(change: dict[str, Any]) -> None:
    compare(CLAIMS, CLAIMS | change)


@pytest.mark.parametrize(
    "change",
    [{"id": 2_000_002}, {"msisdn": 4500000013}, {"message": "Stop"}, {"message": None}, {"status": "DELIVERED"}, {"time": 1}],
)
def test_body_that_says_something_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ForgedError, match=next(iter(change))):
        compare(CLAIMS, CLAIMS | change)
