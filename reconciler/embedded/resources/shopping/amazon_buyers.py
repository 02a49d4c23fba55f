"""Accounts at the practice Amazon."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select

from reconciler.embedded.resources.screens import passwords
from reconciler.embedded.storage.shop_tables import amazon_buyers
from reconciler.lib.frozen_class import frozen

_B = amazon_buyers.c


@frozen
class NewBuyer:
    """`addresses` are lists of lines."""

    email: str
    name: str
    addresses: Sequence[Sequence[str]]


@frozen
class AmazonBuyer:
    buyer_id: int
    email: str
    name: str
    addresses: tuple[tuple[str, ...], ...]


def add_buyer(connection: Connection, buyer: NewBuyer, password: str) -> int:
    """The buyer's id. Raises IntegrityError where the address is known."""
    values = {"email": buyer.email, "name": buyer.name, "addresses": [list(lines) for lines in buyer.addresses]}
    made = connection.execute(insert(amazon_buyers).values(**values, password_hash=passwords.hash_password(password)))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def find_buyer(connection: Connection, email: str) -> tuple[AmazonBuyer | None, str]:
    """The buyer and the hash to compare with; of an unknown buyer that of no password, so that it costs the same time."""
    row = connection.execute(select(amazon_buyers).where(_B.email == email)).mappings().first()
    return (None, passwords.no_password()) if row is None else (buyer_of(row), row[_B.password_hash])


def get_buyer(connection: Connection, buyer_id: int) -> AmazonBuyer:
    return buyer_of(connection.execute(select(amazon_buyers).where(_B.buyer_id == buyer_id)).mappings().one())


def buyer_of(row: RowMapping) -> AmazonBuyer:
    """From a row with the columns of the table."""
    addresses = tuple(tuple(lines) for lines in row[_B.addresses])
    return AmazonBuyer(buyer_id=row[_B.buyer_id], email=row[_B.email], name=row[_B.name], addresses=addresses)
