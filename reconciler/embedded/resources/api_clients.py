"""API clients and their access tokens (OAuth 2.0 client credentials).

In: a client's id and secret, later the token it was given. Out: who calls, or nothing.
Secrets are kept as scrypt hashes, tokens as SHA-256; neither can be read back. Times are epoch seconds.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from reconciler.embedded.resources.random_tokens import hash_token, new_token
from reconciler.embedded.storage.tables import access_tokens, clients, platform
from reconciler.lib.frozen_class import frozen

_COST = 2**12
_UNKNOWN = f"scrypt${_COST}${'00' * 16}${'00' * 32}"

_MINE = (access_tokens.c.token_hash == bindparam("token_hash")) & (access_tokens.c.expires_at > bindparam("now"))
_DOOR = select(platform.c.maintenance, clients.c.client_id, clients.c.shop_key).select_from(
    platform.outerjoin(access_tokens, _MINE).outerjoin(clients, clients.c.client_id == access_tokens.c.client_id)
)
"""Built once: building a statement costs more than running it."""


@frozen
class ApiCaller:
    """An API client. `shop_key` None: an operator, who sees all shops."""

    client_id: str
    shop_key: str | None


@frozen
class Authentication:
    """What is known before a request is let in."""

    maintenance: bool
    caller: ApiCaller | None


def ensure_client(connection: Connection, client_id: str, secret: str, shop_key: str | None) -> None:
    """Register a client, or give a known one this secret and shop."""
    values = {"secret_hash": hash_secret(secret), "shop_key": shop_key}
    known = connection.execute(update(clients).where(clients.c.client_id == client_id).values(values))
    if known.rowcount == 0:
        connection.execute(insert(clients).values(client_id=client_id, **values))


def authenticate(connection: Connection, client_id: str, secret: str) -> ApiCaller | None:
    row = connection.execute(select(clients).where(clients.c.client_id == client_id)).mappings().first()
    # An unknown client costs the same work, so that the time taken reveals nothing.
    known = row["secret_hash"] if row is not None else _UNKNOWN
    if not _secret_matches(known, secret) or row is None:
        return None
    return ApiCaller(client_id=row["client_id"], shop_key=row["shop_key"])


def issue(connection: Connection, caller: ApiCaller, now: datetime, lifetime: int) -> str:
    """A new token; expired ones are swept away on the occasion."""
    moment = int(now.timestamp())
    connection.execute(delete(access_tokens).where(access_tokens.c.expires_at <= moment))
    token = new_token()
    connection.execute(
        insert(access_tokens).values(
            token_hash=hash_token(token), client_id=caller.client_id, expires_at=moment + lifetime
        )
    )
    return token


def authenticate_token(connection: Connection, token: str | None, now: datetime) -> Authentication:
    """Is the platform under maintenance, and who holds this token? One statement: it runs before every request."""
    asked = {"token_hash": hash_token(token or ""), "now": int(now.timestamp())}
    row = connection.execute(_DOOR, asked).first()
    if row is None:
        return Authentication(maintenance=False, caller=None)
    caller = None if row[1] is None else ApiCaller(client_id=row[1], shop_key=row[2])
    return Authentication(maintenance=row[0], caller=caller)


def hash_secret(secret: str) -> str:
    salt = secrets.token_hex(16)
    return f"scrypt${_COST}${salt}${_derive(secret, salt, _COST)}"


def _secret_matches(stored: str, secret: str) -> bool:
    _, cost, salt, derived = stored.split("$")
    return hmac.compare_digest(_derive(secret, salt, int(cost)), derived)


def _derive(secret: str, salt: str, cost: int) -> str:
    raw = secret.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=bytes.fromhex(salt), n=cost, r=8, p=1, dklen=32).hex()
