"""A disk that takes nothing more: neither database nor spool can keep a message, so it is not acknowledged.

The kernel plays the disk: with a limit on the size of files, which needs no root and can be lifted again, every write of the
service beyond it fails, in the database's log as in the spool.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tools.dev_client import DevClient, Person

pytestmark = pytest.mark.faults

FULL_BYTES = 64  # a file takes so many, and then no more: what is written is cut off in the middle


@contextmanager
def full_disk(client: DevClient) -> Iterator[None]:
    """While the block lasts the service can make no file longer than a few bytes."""
    pid = client.pid("service")
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def post(client: DevClient, number: str, message_id: str) -> int:
    """An SMS as its gateway brings it; the status."""
    service = client.ready["service"]
    body = {"id": message_id, "from": number, "text": "jeg vil klage"}
    return httpx.post(f"{service}/phone/api/beskeder", json=body, headers={"Origin": service}, trust_env=False).status_code


def test_what_cannot_be_kept_is_not_acknowledged_and_taken_when_it_comes_again(client: DevClient) -> None:
    assert client.home is not None
    someone = Person(client, {"channel": "sms", "address": "+4500770001"})
    with full_disk(client):
        refused = [post(client, someone.address, "m1"), post(client, someone.address, "m1")]
        left = sorted(path.name for path in (client.home / "spool").iterdir())
        meanwhile = someone.rows("cases")
    taken = [post(client, someone.address, "m1"), post(client, someone.address, "m1")]
    client.idle()

    assert (refused, left, meanwhile, taken) == ([503, 503], ["broken"], [], [200, 200])
    assert [case["kind"] for case in someone.rows("cases")] == ["klage"]
    assert [(turn["state"], turn["messages"]) for turn in someone.rows("turns")] == [("done", 1)]


def test_a_service_on_a_full_disk_goes_on_when_there_is_room_again(client: DevClient, child: Person) -> None:
    with full_disk(client):
        refused = httpx.post(
            f"{client.ready['service']}/dev/messages",
            json={"channel": child.channel, "address": child.address, "id": "full-disk", "press": "Mest ja"},
            headers={"Authorization": f"Bearer {client.ready['token']}"},
            trust_env=False,
        ).status_code
    answered = child.press("Mest ja")

    assert refused == 503
    assert [message["question"] for message in answered] == ["forstod"]
