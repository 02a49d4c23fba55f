"""Who may sign in to the admin screens: the accounts of a shop, and operators, who see all shops.

In: an account and a password, once, when it is registered. Out: the user, or nothing. Passwords are kept as Argon2 hashes.
After five failures in a row an account, also an unknown one, has to wait: the answer reveals nothing about it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, delete, insert, select, update

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.storage.page_tables import admin_users, sign_in_failures

if TYPE_CHECKING:
    from argon2 import PasswordHasher

ATTEMPTS: Final = 5
WAIT_SECONDS: Final = 15 * 60

_U = admin_users.c
_F = sign_in_failures.c


@dataclass(frozen=True, slots=True, kw_only=True)
class UserName:
    """`shop_key` empty: an operator."""

    shop_key: str
    account: str

    @property
    def who(self) -> str:
        return hashlib.sha256(f"{self.shop_key}\n{self.account}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminUser:
    user_id: int
    shop_key: str
    account: str
    name: str

    @property
    def operator(self) -> bool:
        return not self.shop_key


def ensure_user(connection: Connection, user: UserName, name: str, password: str) -> None:
    """Register a user, or give a known one this name and password."""
    known = _row(connection, user)
    mine = (_U.shop_key == user.shop_key) & (_U.account == user.account)
    if known is None:
        values = {"shop_key": user.shop_key, "account": user.account, "name": name}
        connection.execute(insert(admin_users).values(**values, password_hash=_hash(password)))
    elif not password_matches(known[1], password):
        connection.execute(update(admin_users).where(mine).values(name=name, password_hash=_hash(password)))


def find_user(connection: Connection, user: UserName) -> tuple[AdminUser | None, str]:
    """The user and the hash to compare with; of an unknown user that of no password, so that it costs the same time."""
    row = _row(connection, user)
    return (None, _no_password()) if row is None else row


def get_user(connection: Connection, user_id: int) -> AdminUser:
    row = connection.execute(select(admin_users).where(_U.user_id == user_id)).mappings().one()
    return AdminUser(user_id=row[_U.user_id], shop_key=row[_U.shop_key], account=row[_U.account], name=row[_U.name])


def password_matches(stored: str, password: str) -> bool:
    """Takes some 20 ms of work. Call it outside a transaction."""
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415 - a command without screens does not load it

    try:
        return _hasher().verify(stored, password)
    except VerifyMismatchError:
        return False


def require_attempts_left(connection: Connection, user: UserName, now: datetime) -> None:
    row = connection.execute(select(_F.failures, _F.last_at).where(_F.who == user.who)).first()
    if row is not None and row[0] >= ATTEMPTS and int(now.timestamp()) < row[1] + WAIT_SECONDS:
        raise Problem("TOO_MANY_REQUESTS", "too many failed sign-ins: wait before the next one")


def note_attempt(connection: Connection, user: UserName, now: datetime, *, failed: bool) -> None:
    """A success, and a pause, start the count again."""
    moment = int(now.timestamp())
    row = connection.execute(select(_F.failures, _F.last_at).where(_F.who == user.who)).first()
    before = row[0] if row is not None and moment < row[1] + WAIT_SECONDS else 0
    old = (_F.who == user.who) | (_F.last_at < moment - WAIT_SECONDS)
    connection.execute(delete(sign_in_failures).where(old))
    if failed:
        connection.execute(insert(sign_in_failures).values(who=user.who, failures=before + 1, last_at=moment))


def _row(connection: Connection, user: UserName) -> tuple[AdminUser, str] | None:
    statement = select(admin_users).where(_U.shop_key == user.shop_key, _U.account == user.account)
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    found = AdminUser(user_id=row[_U.user_id], shop_key=row[_U.shop_key], account=row[_U.account], name=row[_U.name])
    return found, row[_U.password_hash]


def _hash(password: str) -> str:
    return _hasher().hash(password)


@cache
def _no_password() -> str:
    return _hash("")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - a command without screens does not load it

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum
