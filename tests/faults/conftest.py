"""The shared instance, made whole again after every fault."""

from collections.abc import Iterator

import pytest

from tools.dev_client import DevClient, Person


@pytest.fixture
def client(instance: DevClient) -> Iterator[DevClient]:
    """The instance; whatever a test stopped runs again afterwards."""
    yield instance
    for name in ("engine", "service", "worker"):
        instance.order(name, "start")
    instance.wait_until_healthy(90)
    instance.idle(90)


@pytest.fixture
def child(client: DevClient) -> Person:
    """A child of 13 at the first question."""
    person = client.person(role="barn", age=13)
    client.idle()
    person.press("Ja")
    return person
