"""Where a store is: a file path or an SQLAlchemy URL, and what it is called in messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from reconciler.adapters.store.db.errors import StoreError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact


def store_address(location: str | Path) -> tuple[URL, str]:
    """The URL, and the name without user, password and query. Raises StoreError."""
    if "://" not in str(location):
        path = Path(location).expanduser()
        return URL.create("sqlite", database=str(path)), str(path)
    try:
        url = make_url(str(location))
    except (ArgumentError, ValueError):  # the latter for a port that is not a number; it quotes the port
        raise StoreError(msg("the URL of the store is invalid")) from None
    if url.get_backend_name() == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise StoreError(msg("a store in memory is lost at the end: use a file"))
        return url, str(url.database)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "postgresql":
        name = redact(url.drivername)
        raise StoreError(msg("a store is an SQLite file or a PostgreSQL database, not {name}", name=name))
    return url, _known_as(url)


def server_parameters(location: str | Path) -> dict[str, Any]:
    """How the driver of PostgreSQL connects to the store, without SQLAlchemy; the password is among them. Raises StoreError."""
    url, place = store_address(location)
    if url.get_backend_name() != "postgresql":
        raise StoreError(msg("The store {place} is not a PostgreSQL database", place=place))
    _, parameters = url.get_dialect()().create_connect_args(url)
    return dict(parameters)


def _known_as(url: URL) -> str:
    """As settings name it. A password with an unescaped character extends into the host, or starts at a `#`."""
    host, database = (url.host or "").rpartition("@")[2], (url.database or "").partition("#")[0]
    port = "" if url.port is None else f":{url.port}"
    return redact(f"{url.get_backend_name()}://{host}{port}/{database}")
