"""Members of staff: accounts, passwords, logins at the desk and their limits. All times here are the machine's."""

import hashlib
import hmac
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.service.database import Database
from bot.service.errors import BadRequestError
from bot.service.models import DeskSession, User
from bot.service.models.words import StaffRole

SESSION_LIFE = timedelta(hours=8)
SESSION_IDLE = timedelta(minutes=60)
SEEN_STEP = timedelta(seconds=60)  # "seen" is written at most this often
LIMIT_WINDOW = timedelta(minutes=15)
USER_FAILURES = 5
ADDRESS_FAILURES = 20
MIN_PASSWORD = 10  # characters
MAX_PASSWORD = 200  # a longer one only costs time

_hasher = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
# Verified against where there is no such user, so that the answer takes as long.
_NOBODYS_HASH = _hasher.hash(secrets.token_urlsafe(16))


@dataclass(frozen=True)
class Login:
    """Somebody at the desk: the user, and the secret that every form of theirs carries."""

    user: User
    csrf: str


def create_user(
    session: Session, username: str, name: str, password: str, role: StaffRole, unit_id: int | None = None
) -> User:
    """A new account; `unit_id` None is the whole municipality.

    Raises:
        BadRequestError: for a password that is too short or too long.
    """
    user = User(
        username=fold_username(username), name=name, password_hash=hash_password(password), role=role, unit_id=unit_id
    )
    session.add(user)
    session.flush()
    return user


def fold_username(username: str) -> str:
    """User names are the same in any case."""
    return username.strip().lower()


def hash_password(password: str) -> str:
    """argon2id; raises BadRequestError for fewer than MIN_PASSWORD or more than MAX_PASSWORD characters."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise BadRequestError(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
    return _hasher.hash(password)


def check_password(database: Database, username: str, password: str) -> User | None:
    """The active user with this password, else None; as slow for no such user. No transaction is held while hashing."""
    with database.read() as session:
        user = session.scalar(select(User).where(User.username == fold_username(username)))
    right = _verify(user.password_hash if user else _NOBODYS_HASH, password[:MAX_PASSWORD])
    return user if user is not None and right and user.active else None


def open_session(session: Session, user: User, now: datetime) -> str:
    """Log the user in: the token for the browser, of which only the hash is kept. Old sessions are removed."""
    session.execute(delete(DeskSession).where(DeskSession.created_at <= now - SESSION_LIFE))
    token = secrets.token_urlsafe(32)
    session.add(
        DeskSession(
            token_hash=hash_token(token),
            user_id=user.id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
        )
    )
    return token


def find_login(session: Session, token: str, now: datetime) -> tuple[Login, DeskSession] | None:
    """Who holds this token; None where it is unknown, has run out, or the account is closed."""
    row = session.execute(
        select(DeskSession, User)
        .join(User, User.id == DeskSession.user_id)
        .where(DeskSession.token_hash == hash_token(token), User.active.is_(True))
    ).first()
    if row is None:
        return None
    desk_session, user = row
    if now - desk_session.created_at >= SESSION_LIFE or now - desk_session.seen_at >= SESSION_IDLE:
        return None
    return Login(user, desk_session.csrf), desk_session


def mark_seen(session: Session, token: str, now: datetime) -> None:
    """The user did something: the idle time begins anew."""
    desk_session = session.get(DeskSession, hash_token(token))
    if desk_session is not None:
        desk_session.seen_at = now


def close_session(session: Session, token: str) -> None:
    """Log out."""
    session.execute(delete(DeskSession).where(DeskSession.token_hash == hash_token(token)))


def same_secret(ours: str, theirs: str) -> bool:
    """Whether two secrets are the same, in constant time."""
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "surrogatepass"))


def hash_token(token: str) -> str:
    """What is kept of a session's token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class LoginLimiter:
    """Failed logins of the last 15 minutes, in this process's memory, by user name and by client address.

    An attempt counts when it begins and is taken back when it succeeds, so that many at once cannot slip past.
    """

    _failures: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, username: str, address: str, now: datetime) -> bool:
        """Whether this attempt may be made; if so it counts as failed until `succeeded`."""
        keys = self._keys(username, address)
        with self._lock:
            self._forget(now)
            if any(len(self._failures.get(key, ())) >= limit for key, limit in keys.items()):
                return False
            for key in keys:
                self._failures.setdefault(key, deque()).append(now)
            return True

    def succeeded(self, username: str, address: str) -> None:
        """The right password: the user's failures are forgotten, the address gets only this attempt back."""
        user_key, address_key = self._keys(username, address)
        with self._lock:
            self._failures.pop(user_key, None)
            if self._failures.get(address_key):
                self._failures[address_key].pop()

    def _keys(self, username: str, address: str) -> dict[str, int]:
        return {f"user:{hash_token(fold_username(username))}": USER_FAILURES, f"address:{address}": ADDRESS_FAILURES}

    def _forget(self, now: datetime) -> None:
        for key, times in list(self._failures.items()):
            while times and now - times[0] >= LIMIT_WINDOW:
                times.popleft()
            if not times:
                del self._failures[key]


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
