"""Who may sign in to the admin screens: the accounts of a shop, and operators, who see all shops.

In: an account and a password, once, when it is registered. Out: the user, or nothing. Passwords are kept as hashes.
"""

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from reconciler.embedded.resources.screens import passwords
from reconciler.embedded.resources.screens.sign_in_attempts import attempter
from reconciler.embedded.storage.page_tables import admin_sessions, admin_users, preview_sessions
from reconciler.lib.frozen_class import frozen

_U = admin_users.c


@frozen
class UserName:
    """`shop_key` empty: an operator."""

    shop_key: str
    account: str

    @property
    def who(self) -> str:
        return attempter(self.shop_key, self.account)


@frozen
class AdminUser:
    user_id: int
    shop_key: str
    account: str
    name: str

    @property
    def operator(self) -> bool:
        return not self.shop_key


def ensure_user(connection: Connection, user: UserName, name: str, password: str) -> None:
    """Register a user, or give a known one this name and password. Another password ends the sessions of the old one."""
    known = _row(connection, user)
    mine = (_U.shop_key == user.shop_key) & (_U.account == user.account)
    if known is None:
        values = {"shop_key": user.shop_key, "account": user.account, "name": name}
        connection.execute(insert(admin_users).values(**values, password_hash=passwords.hash_password(password)))
    elif not passwords.password_matches(known[1], password):
        connection.execute(
            update(admin_users).where(mine).values(name=name, password_hash=passwords.hash_password(password))
        )
        _close_sessions(connection, known[0].user_id)


def _close_sessions(connection: Connection, user_id: int) -> None:
    theirs = select(admin_sessions.c.token_hash).where(admin_sessions.c.user_id == user_id)
    connection.execute(delete(preview_sessions).where(preview_sessions.c.session_hash.in_(theirs)))
    connection.execute(delete(admin_sessions).where(admin_sessions.c.user_id == user_id))


def find_user(connection: Connection, user: UserName) -> tuple[AdminUser | None, str]:
    """The user and the hash to compare with; of an unknown user that of no password, so that it costs the same time."""
    row = _row(connection, user)
    return (None, passwords.no_password()) if row is None else row


def user_of(row: RowMapping) -> AdminUser:
    return AdminUser(user_id=row[_U.user_id], shop_key=row[_U.shop_key], account=row[_U.account], name=row[_U.name])


def _row(connection: Connection, user: UserName) -> tuple[AdminUser, str] | None:
    statement = select(admin_users).where(_U.shop_key == user.shop_key, _U.account == user.account)
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return user_of(row), row[_U.password_hash]
