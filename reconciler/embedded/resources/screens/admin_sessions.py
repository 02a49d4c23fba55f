"""Sessions of the admin screens and their previews. Tokens are random, and kept as SHA-256 only.

In: a token from a cookie. Out: the session with its user, or nothing. A session ends after eight hours, a preview after thirty
minutes and with the session that opened it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from reconciler.embedded.resources.random_tokens import hash_token, new_token
from reconciler.embedded.resources.screens.admin_users import AdminUser, user_of
from reconciler.embedded.storage.page_tables import admin_sessions, admin_users, preview_sessions
from reconciler.lib.frozen_class import frozen

SESSION_SECONDS: Final = 8 * 3600
PREVIEW_SECONDS: Final = 30 * 60

_S = admin_sessions.c
_P = preview_sessions.c
_U = admin_users.c


@frozen
class AdminSession:
    """`draft`: the address of a form, and what was entered there."""

    user: AdminUser
    token_hash: str
    expires_at: int
    notices: tuple[str, ...] = ()
    draft: Mapping[str, Any] = field(default_factory=dict)


def start_session(connection: Connection, user: AdminUser, now: datetime, draft: Mapping[str, Any]) -> str:
    """A new token; expired sessions are removed on the occasion."""
    moment = int(now.timestamp())
    connection.execute(delete(admin_sessions).where(_S.expires_at <= moment))
    connection.execute(delete(preview_sessions).where(_P.expires_at <= moment))
    token = new_token()
    values = {"token_hash": hash_token(token), "user_id": user.user_id, "expires_at": moment + SESSION_SECONDS}
    connection.execute(insert(admin_sessions).values(**values, notices=[], draft=dict(draft)))
    return token


def find_session(connection: Connection, token: str, now: datetime) -> AdminSession | None:
    joined = admin_sessions.join(admin_users, _U.user_id == _S.user_id)
    statement = select(admin_sessions, admin_users).select_from(joined)
    mine = (_S.token_hash == hash_token(token), _S.expires_at > int(now.timestamp()))
    row = connection.execute(statement.where(*mine)).mappings().first()
    if row is None:
        return None
    kept = {"expires_at": row[_S.expires_at], "notices": tuple(row[_S.notices]), "draft": row[_S.draft]}
    return AdminSession(user=user_of(row), token_hash=row[_S.token_hash], **kept)


def keep_for_next_page(
    connection: Connection, session: AdminSession, notices: Sequence[str], draft: Mapping[str, Any]
) -> None:
    mine = _S.token_hash == session.token_hash
    connection.execute(update(admin_sessions).where(mine).values(notices=list(notices), draft=dict(draft)))


def close_session(connection: Connection, token: str) -> None:
    ended = hash_token(token)
    connection.execute(delete(preview_sessions).where(_P.session_hash == ended))
    connection.execute(delete(admin_sessions).where(_S.token_hash == ended))


def open_preview(connection: Connection, session: AdminSession, shop_key: str, now: datetime) -> str:
    token = new_token()
    values = {"shop_key": shop_key, "session_hash": session.token_hash}
    expires = min(int(now.timestamp()) + PREVIEW_SECONDS, session.expires_at)
    connection.execute(insert(preview_sessions).values(token_hash=hash_token(token), expires_at=expires, **values))
    return token


def preview_expiry(connection: Connection, token: str, shop_key: str, now: datetime) -> datetime | None:
    """When this shop's preview ends; None for a token that is unknown, of another shop, or too old."""
    mine = (_P.token_hash == hash_token(token), _P.shop_key == shop_key, _P.expires_at > int(now.timestamp()))
    found = connection.execute(select(_P.expires_at).where(*mine)).scalar()
    return None if found is None else datetime.fromtimestamp(found, UTC)


def close_preview(connection: Connection, token: str) -> None:
    connection.execute(delete(preview_sessions).where(_P.token_hash == hash_token(token)))
