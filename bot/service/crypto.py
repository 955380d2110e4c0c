"""Encryption of columns and files (AES-256-GCM) and the keyed hash by which addresses are looked up.

A value is `<key id>:<base64 of nonce + ciphertext>`, so that old values stay readable while keys are rotated. The hash has a
key of its own that never rotates: an opt-out must outlive every rotation.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.service.errors import ConfigurationError, UnreadableValueError

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True)
class KeyRing:
    """Every key that can still be read, the one that is written with, and the key of the hash."""

    keys: dict[str, bytes]
    current: str
    hash_key: bytes

    @classmethod
    def read(cls, key_text: str, hash_key_text: str) -> Self:
        """Build from the text of the two key files.

        `key_text` has one key a line, `<id>:<base64 of 32 bytes>` or only the base64 (id "1"); the last line is written with.

        Raises:
            ConfigurationError: where a key is not 32 bytes of base64, or an id stands twice.
        """
        keys: dict[str, bytes] = {}
        for line in filter(None, (line.strip() for line in key_text.splitlines())):
            key_id, _, encoded = line.rpartition(":")
            key_id = key_id or "1"
            if key_id in keys:
                raise ConfigurationError(f"the key file has two keys of the id {key_id!r}; give the new one another id")
            keys[key_id] = _decode_key(encoded)
        if not keys:
            raise ConfigurationError("the key file is empty: put one base64 line of 32 random bytes into it")
        return cls(keys=keys, current=list(keys)[-1], hash_key=_decode_key(hash_key_text.strip()))

    def encrypt(self, plain: bytes) -> str:
        """Encrypt with the current key."""
        return f"{self.current}:{base64.b64encode(self._seal(plain)).decode()}"

    def decrypt(self, value: str) -> bytes:
        """The plain bytes of a value made by `encrypt`.

        Raises:
            UnreadableValueError: for an unknown key id, a damaged value or a wrong key.
        """
        key_id, _, encoded = value.partition(":")
        try:
            return self._open(key_id, base64.b64decode(encoded, validate=True))
        except ValueError as error:
            raise UnreadableValueError(f"a value under key {key_id[:16]!r} cannot be decrypted") from error

    def encrypt_bytes(self, plain: bytes) -> bytes:
        """Encrypt with the current key, for a column of bytes: as `encrypt`, without the third that base64 adds."""
        return self.current.encode() + b":" + self._seal(plain)

    def decrypt_bytes(self, value: bytes) -> bytes:
        """The plain bytes of a value made by `encrypt_bytes`.

        Raises:
            UnreadableValueError: as `decrypt`.
        """
        key_id, _, raw = value.partition(b":")
        return self._open(key_id.decode("utf-8", "replace"), raw)

    def hash(self, value: str) -> str:
        """Keyed hash (HMAC-SHA-256, hex) of an address or a code, for look-ups."""
        return hmac.new(self.hash_key, value.encode(), hashlib.sha256).hexdigest()

    def _seal(self, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, plain, self.current.encode())

    def _open(self, key_id: str, raw: bytes) -> bytes:
        try:
            return AESGCM(self.keys[key_id]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], key_id.encode())
        except (KeyError, ValueError, InvalidTag) as error:
            raise UnreadableValueError(f"a value under key {key_id[:16]!r} cannot be decrypted") from error


def _decode_key(encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ConfigurationError("a key is not base64; write `openssl rand -base64 32` into the key file") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"a key has {len(key)} bytes instead of {KEY_BYTES}")
    return key
