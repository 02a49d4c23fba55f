"""What a new world holds: read from a JSON file or a mapping, checked whole, written in bulk.

In: a document of the shape below (docs/embedded.md shows it). Out: rows; or a `SeedError` that names every fault by its
place and shows no value. A token or a client's secret is given as `{"value": "..."}` or, better, `{"env": "NAME"}`.
Seeding is the beginning, not a change: it leaves no audit trail.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Table, func, insert, select
from sqlalchemy.exc import IntegrityError

from reconciler.embedded.config import EmbeddedConfig
from reconciler.embedded.resources import amazon_accounts as accounts
from reconciler.embedded.resources import api_clients as tokens
from reconciler.embedded.resources.screens import admin_users as users
from reconciler.embedded.resources.shopping import amazon_buyers, members
from reconciler.embedded.seeding.document import SeedDocument
from reconciler.embedded.seeding.rows import SeedContext, SeedRows
from reconciler.embedded.seeding.seed_model import SecretSource
from reconciler.embedded.storage import tables
from reconciler.embedded.storage.audited_write import AuditedTransaction


class SeedError(Exception):
    """The seed cannot be used; the message names every error and its place. The caller adds the name of the file."""


def holds_shops(connection: Connection) -> bool:
    return connection.execute(select(tables.shops.c.shop_key).limit(1)).first() is not None


def count_shops(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(tables.shops)).scalar_one()


def read_seed(document: str | Path | Mapping[str, Any]) -> SeedDocument:
    try:
        if isinstance(document, Mapping):
            # Through JSON, so that a mapping and a file are judged alike.
            return SeedDocument.model_validate_json(json.dumps(document))
        if Path(document).exists() and not Path(document).is_file():  # a pipe would be waited for
            raise SeedError("cannot read the seed: not a regular file")
        return SeedDocument.model_validate_json(Path(document).read_bytes())
    except OSError as error:
        raise SeedError(f"cannot read the seed: {error.strerror}") from error
    except ValidationError as error:
        raise SeedError(_faults(error)) from None
    except TypeError as error:
        raise SeedError(f"the seed is not valid JSON: {error}") from None


def insert_seed(edit: AuditedTransaction, document: SeedDocument, config: EmbeddedConfig) -> None:
    """Insert everything, many rows a statement."""
    context = SeedContext(at=edit.at, site_url=config.site_url, reveal=lambda source: _reveal(source, config))
    rows = SeedRows.of(document, context)
    try:
        for table, values in rows.by_table():
            _insert(edit.connection, table, values)
        for account in rows.accounts:
            accounts.register(edit.connection, account)
        for client in document.clients:
            secret = _reveal(client.secret, config)
            tokens.ensure_client(edit.connection, client.client_id, secret, client.shop_key)
        for user in document.users:
            name = users.UserName(shop_key=user.shop_key or "", account=user.account)
            users.ensure_user(edit.connection, name, user.name or user.account, _reveal(user.password, config))
        _add_people(edit, document, config)
    except IntegrityError as error:
        raise SeedError(
            "the seed conflicts with the database: a shop, an endpoint or an order already exists, "
            f"or a shop is unknown ({error.orig})"
        ) from None


def _add_people(edit: AuditedTransaction, document: SeedDocument, config: EmbeddedConfig) -> None:
    for given in document.members:
        person = members.NewMember(
            shop_key=given.shop_key, login_id=given.login_id, name=given.name, email=given.email, mail_accepted=False
        )
        members.add_member(edit.connection, person, _reveal(given.password, config), edit.at)
    for buyer in document.amazon_buyers:
        account = amazon_buyers.NewBuyer(email=buyer.email, name=buyer.name, addresses=buyer.addresses)
        amazon_buyers.add_buyer(edit.connection, account, _reveal(buyer.password, config))


def _insert(connection: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(insert(table), values)


def _reveal(source: SecretSource, config: EmbeddedConfig) -> str:
    if source.value is not None:
        return source.value.get_secret_value()
    name = source.env or ""
    if not config.environment.get(name):
        raise SeedError(f"the environment variable {name} is not set")
    return config.environment[name]


def _faults(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = dict.fromkeys(f"  {_place(each['loc'])}: {each['msg']}" for each in found)
    return "the seed is invalid:\n" + "\n".join(lines)


def _place(steps: tuple[int | str, ...]) -> str:
    """The place in the document, without the variant of a token that pydantic tried."""
    return ".".join(str(step) for step in steps if step != "StateToken" and "[" not in str(step)) or "(document)"
