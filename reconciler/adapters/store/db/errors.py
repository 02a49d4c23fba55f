"""Errors of the store in one place: the driver's errors go in, `StoreError` comes out.

A message names the store and what to do; it never contains written data or a password of the URL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SetupError


class StoreError(SetupError):
    """The store cannot be used as it is. `of_content`: because of what was to be written, so that other rows may fare better."""

    caused_by_content = False


class StoreNotCreated(StoreError):
    """There is no file where the settings want the store, and none can be made."""


@contextmanager
def translate_errors(place: str) -> Iterator[None]:
    """`place` is the store as people know it."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        store_error = StoreError(_text(error, place))
        store_error.caused_by_content = isinstance(error, _OF_CONTENT)
        # Not chained: a driver's message may quote written rows, and the whole address.
        raise store_error from None


_OF_CONTENT: Final = (DataError, IntegrityError, sqlite3.DataError, sqlite3.IntegrityError)
_BY_SQLITE_NAME: Final = {
    "SQLITE_READONLY": msg("permission denied: give the file and its folder write permission"),
    "SQLITE_FULL": msg("the disk is full: free some space"),
    "SQLITE_NOTADB": msg("it is not a store: move the file, and an empty store is created"),
    "SQLITE_CORRUPT": msg("its file is damaged: restore it from a backup, or move it and lose its history"),
    "SQLITE_CANTOPEN": msg("its file cannot be opened: check the path and its permissions"),
    "SQLITE_BUSY": msg("another process uses it: wait for that process, then run the command again"),
    "SQLITE_IOERR": msg("its disk fails to read or write"),
}

_BY_SQLSTATE: Final = {
    "25006": msg("its database is read-only: use the primary server, and a user that may write"),
    "42501": msg("permission denied: give its user the right to create and write tables in the database"),
    "53100": msg("the disk is full: free some space"),
}
_WHEN_CONNECTING: Final = {
    "password authentication failed": msg("its server refused the user or the password"),
    "no password supplied": msg("its server needs a password: set PGPASSWORD, or use a password file"),
    "pg_hba.conf": msg("its server does not accept this user from this host"),
    '" does not exist': msg("its server has no such database or user: create it first"),
    "Connection refused": msg("its server does not accept connections: check host and port"),
    "could not translate host name": msg("its host is unknown: check the name"),
    "failed to resolve host": msg("its host is unknown: check the name"),
}
"""A refused connection has no code. The server's text is in English unless it was set up otherwise."""


def _text(error: SQLAlchemyError | sqlite3.Error, place: str) -> Message:
    return msg("The store {place} cannot be used: {reason}", place=place, reason=_reason(error))


def _reason(error: SQLAlchemyError | sqlite3.Error) -> Message:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    name = str(getattr(cause, "sqlite_errorname", ""))
    for known, text in _BY_SQLITE_NAME.items():
        if name.startswith(known):
            return text
    state = getattr(cause, "sqlstate", None)
    if state in _BY_SQLSTATE:
        return _BY_SQLSTATE[state]
    if getattr(error, "connection_invalidated", False) or not state:
        return _why_not_connected(cause) or msg(
            "its database does not answer ({kind})", kind=name or type(cause).__name__
        )
    return msg("its database refused ({kind})", kind=type(cause).__name__)


def _why_not_connected(cause: BaseException) -> Message | None:
    """A known text only: the driver's own may quote the address."""
    said = str(cause)
    return next((reason for known, reason in _WHEN_CONNECTING.items() if known in said), None)
