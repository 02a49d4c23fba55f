"""Other people's acts: the merchant, the platform, Amazon. For tests, demos and `python -m reconciler.embedded`.

In: a call that names who does what. Out: the same audited writes the contract makes; a refusal raises `Problem`.
A merchant is bound by the screens' rules; the platform and Amazon are not. Nothing here needs an access token.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from sqlalchemy import select, update

from reconciler.embedded.actors import merchant
from reconciler.embedded.config import EmbeddedConfig
from reconciler.embedded.contract.problems import Problem, shape_problem
from reconciler.embedded.contract.responses import Change, ChargeState, Environment, Integration, OrderResponse
from reconciler.embedded.resources import amazon_accounts as accounts
from reconciler.embedded.resources import (
    amazon_settings,
    audit,
    charges,
    entitlements,
    integrations,
    orders,
    seller_central,
)
from reconciler.embedded.resources import api_clients as tokens
from reconciler.embedded.resources import payment_objects as objects
from reconciler.embedded.resources import storefront as shops
from reconciler.embedded.resources.credential_check import Account
from reconciler.embedded.resources.screens import admin_users as users
from reconciler.embedded.resources.shopping import amazon_payments, products
from reconciler.embedded.seeding import seed
from reconciler.embedded.seeding.document import SeedCharge, SeedDispute, SeedEntitlements, SeedRefund
from reconciler.embedded.seeding.shop_document import SeedProduct
from reconciler.embedded.services import Services, open_services
from reconciler.embedded.storage import tables as t
from reconciler.embedded.storage.audited_write import AMAZON, PLATFORM, Actor, AuditedTransaction

if TYPE_CHECKING:
    from fastapi import FastAPI

Seeded = TypeVar("Seeded", bound=BaseModel)


class World:
    def __init__(self, services: Services) -> None:
        self._services = services

    @classmethod
    def of(cls, app: FastAPI) -> Self:
        """The world behind an app that `create_app` made."""
        return cls(app.state.services)

    @classmethod
    def open(cls, database: str | Path, **config: Any) -> Self:
        """The world in a database, with or without an app beside; further words are those of `EmbeddedConfig`."""
        return cls(open_services(EmbeddedConfig(database=database, **config)))

    def close(self) -> None:
        self._services.database.close()

    # Setting up

    def seed(self, document: str | Path | Mapping[str, Any]) -> None:
        """Add everything a seed names; raises `seed.SeedError`."""
        read = seed.read_seed(document)
        with self._services.editing(PLATFORM) as edit:
            seed.insert_seed(edit, read, self._services.config)

    def seed_if_new(self, document: str | Path | Mapping[str, Any]) -> None:
        """Seed a database that holds no shop; otherwise read no file."""
        with self._services.reading() as connection:
            if seed.holds_shops(connection):
                return
        read = seed.read_seed(document)
        with self._services.editing(PLATFORM) as edit:
            if not seed.holds_shops(edit.connection):  # another process may have been quicker
                seed.insert_seed(edit, read, self._services.config)

    def identity(self) -> str:
        """The identity of this backend, for as long as its database exists: 12 hexadecimal digits."""
        with self._services.reading() as connection:
            return str(connection.execute(select(t.identity.c.world)).scalar_one())

    def shop_count(self) -> int:
        with self._services.reading() as connection:
            return seed.count_shops(connection)

    def ensure_client(self, client_id: str, secret: str, shop_key: str | None = None) -> None:
        """Register an API client: an operator's, or one shop's. Only a salted hash of the secret is kept."""
        with self._services.database.writing() as connection:
            tokens.ensure_client(connection, client_id, secret, shop_key)

    def ensure_user(self, account: str, password: str, *, shop_key: str = "", name: str = "") -> None:
        """Register who signs in to the screens: a shop's account, or, without a shop, an operator's."""
        user = users.UserName(shop_key=shop_key, account=account)
        with self._services.database.writing() as connection:
            if shop_key:
                shops.get(connection, shop_key)
            users.ensure_user(connection, user, name or account, password)

    def add_orders(self, orders: Sequence[Mapping[str, Any]]) -> None:
        """Orders as a seed spells them."""
        self.seed({"orders": list(orders)})

    # A merchant

    def merchant_edits(self, shop_key: str, changes: Mapping[str, Any], *, by: str = "merchant") -> None:
        """Change what `merchant.KEYS` names, at the screens, by their rules."""
        with self._services.editing(Actor(name=by, type="MERCHANT")) as edit:
            merchant.apply_edits(edit, shop_key, changes, self._services.config.verifier)

    def merchant_registers_endpoint(
        self, seller_id: str, url: str, *, environment: Environment = "PRODUCTION", by: str = "merchant"
    ) -> None:
        """Add an IPN endpoint URL at Seller Central."""
        with self._services.editing(Actor(name=by, type="MERCHANT")) as edit:
            seller_central.register(edit, seller_id, environment, url)

    def merchant_removes_endpoint(
        self, seller_id: str, url: str, *, environment: Environment = "PRODUCTION", by: str = "merchant"
    ) -> None:
        with self._services.editing(Actor(name=by, type="MERCHANT")) as edit:
            seller_central.remove(edit, seller_id, environment, url)

    def merchant_captures(self, shop_key: str, order_no: str, *, by: str = "merchant", **charge: Any) -> str:
        """売上請求 in Seller Central: a charge of the order's reference, of its whole amount by default. `charge` are
        the keys of a seed's charge. Returns its id. The order does not change.
        """
        with self._services.editing(Actor(name=by, type="MERCHANT")) as edit:
            order = orders.get(edit.connection, shop_key, order_no)
            reference = order["amazonOrderReferenceId"]
            if reference is None:
                raise Problem("NOT_FOUND", "the order has no Amazon order reference: it was not paid with Amazon Pay")
            usual = {
                "chargeId": charges.next_id(edit.connection, reference),
                "chargeAmount": order["totalAmount"],
                "currency": order["currency"],
            }
            wanted = _checked(SeedCharge, usual | charge | {"shopKey": shop_key, "chargePermissionId": reference})
            charges.create(edit, wanted.row())
        return wanted.charge_id

    def merchant_refunds(self, shop_key: str, charge_id: str, *, by: str = "merchant", **refund: Any) -> str:
        """返金 in Seller Central: a refund of a charge, of all that was captured by default. `refund` are the keys of a seed's
        refund. Returns its id. Neither the charge nor the order changes.
        """
        with self._services.editing(Actor(name=by, type="MERCHANT")) as edit:
            values = _of_charge(edit, objects.REFUND, shop_key, charge_id)
            made = _checked(SeedRefund, {"state": "RefundInitiated"} | values | refund)
            objects.create(edit, objects.REFUND, made.model_dump())
        return made.refund_id

    def merchant_sells(self, shop_key: str, product_id: str, **product: Any) -> None:
        """Put a product into the shop, or change it: `name`, `price`, `saleType`, `cycleMonths`, as in a seed."""
        given = _checked(SeedProduct, product | {"shopKey": shop_key, "productId": product_id})
        with self._services.database.writing() as connection:
            shops.get(connection, shop_key)
            products.put_product(connection, shop_key, given.product())

    # The platform

    def platform_turns_off(self, shop_key: str) -> None:
        """Switch 利用設定 off, open shop or not, as the platform once did to shops that missed a migration."""
        with self._services.editing(PLATFORM) as edit:
            amazon_settings.turn_off(edit, shop_key)

    def platform_entitles(self, shop_key: str, **values: Any) -> None:
        """Set entitlements by their names in the contract, e.g. `commerceCreator="RUNNING"`."""
        with self._services.editing(PLATFORM) as edit:
            entitlements.change(edit, shop_key, _entitlement_columns(values))

    def maintenance(self, on: bool) -> None:
        """While on, every route of the contract answers 503 `MAINTENANCE`."""
        with self._services.database.writing() as connection:
            connection.execute(update(t.platform).values(maintenance=on))

    # Amazon

    def amazon_revokes(self, shop_key: str) -> None:
        """Amazon revokes the access of the shop's seller: `apiStatus` ERROR wherever that seller is named."""
        self._judge_seller(shop_key, revoked=True, status="ERROR")

    def amazon_restores(self, shop_key: str) -> None:
        """Amazon accepts the shop's seller again: `apiStatus` VALID wherever that seller is named."""
        self._judge_seller(shop_key, revoked=False, status="VALID")

    def amazon_turns(self, shop_key: str, object_id: str, state: str, reason: str | None = None) -> None:
        """A charge, refund, dispute or charge permission goes into another state, as Amazon or the buyer does it."""
        with self._services.editing(AMAZON) as edit:
            if "-C" in object_id:
                if state not in get_args(ChargeState):
                    raise Problem("VALIDATION_ERROR", f"the states are {', '.join(get_args(ChargeState))}")
                charge = charges.get(edit.connection, shop_key, object_id)
                charges.set_state(edit, charge, cast(ChargeState, state), reason)
            else:
                objects.set_state(edit, shop_key, object_id, state, reason)

    def amazon_disputes(self, shop_key: str, charge_id: str, **dispute: Any) -> str:
        """A buyer disputes a charge (chargeback). `dispute` are the keys of a seed's dispute. Returns its id."""
        with self._services.editing(AMAZON) as edit:
            made = _checked(SeedDispute, _of_charge(edit, objects.DISPUTE, shop_key, charge_id) | dispute)
            objects.create(edit, objects.DISPUTE, made.model_dump())
        return made.dispute_id

    def amazon_settles(self) -> int:
        """Pending payments of the shops' pages that are due are declined; how many. Sends no notification."""
        with self._services.editing(AMAZON) as edit:
            return len(amazon_payments.decline_pending(edit, self._services.now()))

    # Looking

    def order(self, shop_key: str, order_no: str) -> OrderResponse:
        with self._services.reading() as connection:
            return orders.get(connection, shop_key, order_no)

    def integration(self, shop_key: str, environment: Environment = "PRODUCTION") -> Integration:
        with self._services.reading() as connection:
            return integrations.one(connection, shop_key, environment)

    def changes(self, shop_key: str, limit: int = 500) -> list[Change]:
        """The trail, newest first."""
        with self._services.reading() as connection:
            shops.get(connection, shop_key)
            return audit.find(connection, shop_key, before=None, limit=limit)[:limit]

    def _judge_seller(self, shop_key: str, *, revoked: bool, status: str) -> None:
        with self._services.editing(AMAZON) as edit:
            seller_id = amazon_settings.get(edit.connection, shop_key)[t.amazon_settings.c.seller_id]
            if seller_id is None:
                raise Problem("NOT_FOUND", "the shop has no seller id, so Amazon does not know it")
            known = accounts.find(edit.connection, seller_id) or Account(seller_id=seller_id)
            accounts.register(
                edit.connection,
                Account(
                    seller_id=seller_id,
                    client_id=known.client_id,
                    revoked=revoked,
                    revoked_tokens=known.revoked_tokens,
                ),
            )
            _mark(edit, seller_id, status)


def _mark(edit: AuditedTransaction, seller_id: str, status: str) -> None:
    for shop_key in edit.connection.execute(seller_central.shops_of(seller_id)).scalars().all():
        row = amazon_settings.get(edit.connection, shop_key)
        if row[t.amazon_settings.c.api_status] != "UNCHECKED":
            amazon_settings.write(edit, row, {"api_status": status})


def _checked(form: type[Seeded], values: Mapping[str, Any]) -> Seeded:
    try:
        return form.model_validate(dict(values))
    except ValidationError as error:
        raise shape_problem(error.errors(include_url=False), frozenset()) from None


def _of_charge(
    edit: AuditedTransaction, kind: objects.PaymentObjectKind, shop_key: str, charge_id: str
) -> dict[str, Any]:
    """What an object of a charge has by default."""
    charge = charges.to_response(charges.get(edit.connection, shop_key, charge_id))
    money = charge["captureAmount"] or charge["chargeAmount"]
    name = "refundId" if kind is objects.REFUND else "disputeId"
    return {
        name: objects.next_id(edit.connection, kind, charge_id),
        "shopKey": shop_key,
        "chargeId": charge_id,
        "amount": money["amount"],
        "currency": money["currencyCode"],
    }


def _entitlement_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return _checked(SeedEntitlements, values).model_dump(exclude_unset=True)
