"""Encryption at rest: nothing can be read without its key, altered, or swapped; rotation loses nothing."""

import base64

import pytest

from bot.service.crypto import KeyRing
from bot.service.errors import ConfigurationError, UnreadableValueError

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()
HASH = base64.b64encode(b"h" * 32).decode()


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.read(OLD, HASH)


@pytest.mark.parametrize("plain", [b"", b"m\xc3\xb8det", b"\x00\xff", b"x" * 100_000], ids=["empty", "text", "bytes", "long"])
def test_what_is_encrypted_can_be_decrypted(ring: KeyRing, plain: bytes) -> None:
    assert ring.decrypt(ring.encrypt(plain)) == plain


def test_the_same_words_never_look_the_same(ring: KeyRing) -> None:
    assert ring.encrypt(b"nej") != ring.encrypt(b"nej")


def test_after_rotation_old_values_are_read_and_new_ones_written_with_the_new_key(ring: KeyRing) -> None:
    rotated = KeyRing.read(f"{OLD}\n2:{NEW}\n", HASH)

    assert rotated.decrypt(ring.encrypt(b"gammelt")) == b"gammelt"
    assert rotated.encrypt(b"nyt").startswith("2:")


@pytest.mark.parametrize("plain", [b"", b"\x00:\xff", bytes(range(256)) * 9])
def test_bytes_stay_bytes_and_grow_by_a_few_only(ring: KeyRing, plain: bytes) -> None:
    sealed = ring.encrypt_bytes(plain)

    assert ring.decrypt_bytes(sealed) == plain
    assert len(sealed) < len(plain) + 32


def test_bytes_outlive_a_rotation() -> None:
    old, rotated = KeyRing.read(f"1:{OLD}", HASH), KeyRing.read(f"1:{OLD}\n2:{NEW}", HASH)

    assert rotated.decrypt_bytes(old.encrypt_bytes(b"gammelt")) == b"gammelt"
    assert rotated.encrypt_bytes(b"nyt").startswith(b"2:")


@pytest.mark.parametrize("value", [b"", b"1:", b"1:kort", b"7:" + b"a" * 40, b"\xff\xfe:" + b"a" * 40])
def test_bytes_that_are_no_value_of_ours_are_unreadable(ring: KeyRing, value: bytes) -> None:
    with pytest.raises(UnreadableValueError):
        ring.decrypt_bytes(value)


def test_the_hash_outlives_every_rotation(ring: KeyRing) -> None:
    rotated = KeyRing.read(f"2:{NEW}", HASH)

    assert rotated.hash("sms:+4500000042") == ring.hash("sms:+4500000042")
    assert KeyRing.read(OLD, NEW).hash("sms:+4500000042") != ring.hash("sms:+4500000042")


@pytest.mark.parametrize("value", ["", "1:", "1", ":AAAA", "1:AAAA", "1:***", "2:" + "A" * 64, "1:æøå", "x" * 1000])
def test_what_is_no_value_of_ours_is_unreadable(ring: KeyRing, value: str) -> None:
    with pytest.raises(UnreadableValueError):
        ring.decrypt(value)


def test_one_changed_bit_makes_it_unreadable(ring: KeyRing) -> None:
    key_id, _, encoded = ring.encrypt(b"klage").partition(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1

    with pytest.raises(UnreadableValueError):
        ring.decrypt(f"{key_id}:{base64.b64encode(raw).decode()}")


def test_a_value_cannot_be_passed_off_under_another_key_id() -> None:
    ring = KeyRing.read(f"1:{OLD}\n2:{OLD}", HASH)
    value = ring.encrypt(b"klage")

    with pytest.raises(UnreadableValueError):
        ring.decrypt("1" + value[1:])


def test_an_error_names_no_content(ring: KeyRing) -> None:
    with pytest.raises(UnreadableValueError) as raised:
        ring.decrypt("hemmelighed, som ikke er krypteret: min far")

    assert "far" not in str(raised.value)


WRONG = {
    "empty": ("", HASH, "the key file is empty"),
    "blank lines": ("\n \n", HASH, "the key file is empty"),
    "no base64": ("nøgle!", HASH, "not base64"),
    "too short": (base64.b64encode(b"kort").decode(), HASH, "4 bytes instead of 32"),
    "hash key empty": (OLD, "", "0 bytes instead of 32"),
    "hash key no base64": (OLD, "***", "not base64"),
}


@pytest.mark.parametrize(("key", "hash_key", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_key_file_stops_the_start(key: str, hash_key: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        KeyRing.read(key, hash_key)


def test_two_keys_under_one_id_stop_the_start() -> None:
    with pytest.raises(ConfigurationError):
        KeyRing.read(f"{OLD}\n{NEW}", HASH)
