"""Sellers' accounts as Amazon knows them: which are revoked, which tokens are.

Only what was registered (by a seed, or by Amazon's own act in `World`) is known; of any other seller nothing is.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from reconciler.embedded.contract.token_seal import TokenSet
from reconciler.embedded.resources.credential_check import Account
from reconciler.embedded.storage.tables import amazon_accounts

_C = amazon_accounts.c


def find(connection: Connection, seller_id: str) -> Account | None:
    row = connection.execute(select(amazon_accounts).where(_C.seller_id == seller_id)).mappings().first()
    if row is None:
        return None
    return Account(
        seller_id=row[_C.seller_id],
        client_id=row[_C.client_id],
        revoked=row[_C.revoked],
        revoked_tokens=tuple(row[_C.revoked_tokens]),
    )


def register(connection: Connection, account: Account) -> None:
    """Remember an account, in place of what was known of it."""
    connection.execute(delete(amazon_accounts).where(_C.seller_id == account.seller_id))
    tokens: Sequence[TokenSet] = account.revoked_tokens
    connection.execute(
        insert(amazon_accounts).values(
            seller_id=account.seller_id,
            client_id=account.client_id,
            revoked=account.revoked,
            revoked_tokens=list(tokens),
        )
    )
