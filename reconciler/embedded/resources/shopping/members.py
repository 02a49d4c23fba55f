"""会員 of a shop."""

from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, func, insert, select

from reconciler.embedded.resources.screens import passwords
from reconciler.embedded.storage.shop_tables import members
from reconciler.lib.frozen_class import frozen

_M = members.c


@frozen
class NewMember:
    shop_key: str
    login_id: str
    name: str
    email: str
    mail_accepted: bool


@frozen
class Member:
    member_id: int
    login_id: str
    name: str
    email: str


def add_member(connection: Connection, member: NewMember, password: str, at: str) -> int:
    """The member's id. Raises IntegrityError where the shop has a member of this login id."""
    return add_hashed_member(connection, member, passwords.hash_password(password), at)


def add_hashed_member(connection: Connection, member: NewMember, password_hash: str, at: str) -> int:
    """The same with a password that was hashed before the transaction: hashing is work."""
    values = {**asdict(member), "password_hash": password_hash, "created_at": at}
    made = connection.execute(insert(members).values(**values))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def find_member(connection: Connection, shop_key: str, login_id: str) -> tuple[Member | None, str]:
    """The member and the hash to compare with; of an unknown member that of no password, so that it costs the same time."""
    statement = select(members).where(_M.shop_key == shop_key, _M.login_id == login_id)
    row = connection.execute(statement).mappings().first()
    return (None, passwords.no_password()) if row is None else (member_of(row), row[_M.password_hash])


def is_mail_known(connection: Connection, shop_key: str, email: str) -> bool:
    found = select(_M.member_id).where(_M.shop_key == shop_key, func.lower(_M.email) == email.lower()).limit(1)
    return connection.execute(found).first() is not None


def member_of(row: RowMapping) -> Member:
    """From a row with the columns of the table."""
    return Member(member_id=row[_M.member_id], login_id=row[_M.login_id], name=row[_M.name], email=row[_M.email])
