"""What the provider is asked, and what its refusals mean."""

import json
from typing import Any

import httpx
import pytest

from bot.service.channels.base import Button, Receipts, SendError, Sending
from bot.service.channels.sms.gatewayapi.outbound import GatewayApiSender, as_call, as_send_error

NUMBER = "+4500000012"


def test_call_holds_what_the_provider_asks_for() -> None:
    assert as_call(Sending("17", NUMBER, "Følte du dig hørt? Svar 1-5.", (Button("1", "17:1"),)), "4560575797") == {
        "sender": "4560575797",
        "message": "Følte du dig hørt? Svar 1-5.",
        "encoding": "UTF8",
        "recipients": [{"msisdn": 4500000012}],
        "userref": "genklang:17",
        "validity_period": 172_800,
    }


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Æ Ø Å æ ø å é ü", "UTF8"),
        ("5 € [ja] {nej} ^ ~ \\ |", "UTF8"),
        ("Tak 🙂", "UCS2"),
        ("Witaj, dziękuję", "UCS2"),
        ("Hun sagde – ja", "UCS2"),
    ],
)
def test_alphabet_follows_the_text(text: str, encoding: str) -> None:
    call = as_call(Sending("17", NUMBER, text), "Eksempel")

    assert (call["message"], call["encoding"]) == (text, encoding)


@pytest.mark.parametrize(
    "address", ["1204", "451204", "Eksempel", "?", "", "+45 00 00 00 12", "+0500000012", "+1204", "+1" + "2" * 15]
)
def test_nothing_is_sent_to_what_is_no_number(address: str) -> None:
    with pytest.raises(SendError) as refused:
        as_call(Sending("17", address, "Hej"), "Eksempel")

    assert refused.value.permanent


def refusal(status: int, body: Any = "", **headers: str) -> SendError:
    content = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return as_send_error(httpx.Response(status, text=content, headers=named))


PERMANENT, TEMPORARY, UNKNOWN = (True, False), (False, False), (False, True)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "0x0308", PERMANENT),
        (400, "0x0222", PERMANENT),
        (413, None, PERMANENT),
        (422, None, PERMANENT),
        (401, "0x0211", TEMPORARY),
        (403, "0x0213", TEMPORARY),
        (403, "0x0216", TEMPORARY),
        (403, "0x0215", PERMANENT),
        (403, "0x0217", PERMANENT),
        (403, "0x021F", PERMANENT),
        (400, "0x0214", TEMPORARY),
        (400, "0x0216", TEMPORARY),
        (404, None, TEMPORARY),
        (302, None, TEMPORARY),
        (500, "0x0201", TEMPORARY),
        (503, None, TEMPORARY),
        (502, None, UNKNOWN),
        (504, None, UNKNOWN),
    ],
)
def test_refusal_is_final_or_not(status: int, code: str | None, expected: tuple[bool, bool]) -> None:
    error = refusal(status, {"code": code, "message": f"Refused for {NUMBER}"} if code else "")

    assert (error.permanent, error.unknown) == expected
    assert (error.blocked, error.retry_after_s) == (False, None)
    assert (str(status) in str(error), "45000000" in str(error)) == (True, False)


@pytest.mark.parametrize("body", ["", "<html>", "[]", '"x"', '{"code": null}', '{"code": "hej 4500000012"}', "[" * 100_000])
def test_refusal_in_another_form_is_read_by_its_status(body: str) -> None:
    error = refusal(400, body)

    assert (error.permanent, str(error)) == (True, "GatewayAPI refused (400)")


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry_after": "7"}, 7),
        (429, {"retry_after": "0"}, 0),
        (429, {}, 30),
        (429, {"retry_after": "snart"}, 30),
        (429, {"retry_after": "-5"}, 30),
        (429, {"retry_after": "9" * 400}, 3600),
        (429, {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1),
        (429, {"retry_after": "Wed, 21 Oct 2015 07:28:00 -0000"}, 30),
        (429, {"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 3600),
        (503, {"retry_after": "120"}, 120),
    ],
)
def test_pause_that_is_asked_for_is_passed_on(status: int, headers: dict[str, str], seconds: float) -> None:
    error = refusal(status, **headers)

    assert (error.retry_after_s, error.permanent, error.unknown) == (seconds, False, False)


def test_receipts_find_the_row_by_our_reference_and_nothing_may_be_repeated() -> None:
    assert (GatewayApiSender.repeatable, GatewayApiSender.receipts) == (False, Receipts.BY_REFERENCE)
