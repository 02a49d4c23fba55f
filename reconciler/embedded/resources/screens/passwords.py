"""Passwords of the screens, of members and of the practice Amazon, kept as Argon2 hashes."""

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_ROUNDS: Final = 2
_MEMORY: Final = 19 * 1024
"""OWASP's minimum, in KiB."""


def hash_password(password: str) -> str:
    """Takes some 20 ms of work."""
    return _hasher().hash(password)


def password_matches(stored: str, password: str) -> bool:
    """Takes some 20 ms of work. Call it outside a transaction."""
    from argon2.exceptions import VerifyMismatchError  # noqa: PLC0415 - a command without screens does not load it

    try:
        return _hasher().verify(stored, password)
    except VerifyMismatchError:
        return False


@cache
def no_password() -> str:
    """To compare with where no user has the name, so that it costs the same time."""
    return hash_password("")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - a command without screens does not load it

    return PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY, parallelism=1)
