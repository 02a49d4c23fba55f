"""A seed as rows. Pure but for salts: reads no file, touches no database."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Table

from reconciler.embedded.contract.token_seal import PRE_SET, UNSET, Token, TokenSet, seal
from reconciler.embedded.resources.credential_check import Account, token_is_well_formed
from reconciler.embedded.resources.shopping.order_details import details_row
from reconciler.embedded.seeding.document import (
    SeedAccount,
    SeedAmazonSettings,
    SeedDocument,
    SeedShop,
    StateToken,
)
from reconciler.embedded.seeding.seed_model import SecretSource
from reconciler.embedded.storage import shop_tables as s
from reconciler.embedded.storage import tables as t
from reconciler.embedded.storage.columns import metadata
from reconciler.lib.frozen_class import frozen


@frozen
class SeedContext:
    at: str
    site_url: str
    reveal: Callable[[SecretSource], str]


@dataclass(slots=True, kw_only=True)
class SeedRows:
    accounts: tuple[Account, ...]
    _rows: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)

    @classmethod
    def of(cls, document: SeedDocument, context: SeedContext) -> "SeedRows":
        seals = _revoked_seals(document, context)
        rows = cls(accounts=tuple(_account(each, context, seals) for each in document.amazon_accounts))
        known = {account.seller_id: account for account in rows.accounts}
        for shop in document.shops:
            rows._add_shop(shop, context, seals, known)
        rows._add_endpoints(document, context)
        rows._add_orders(document, context)
        for charge in document.charges:
            made = charge.created_at or context.at
            rows._add(t.charges, {**charge.row(), "created_at": made, "updated_at": made})
        rows._add_payment_objects(document, context)
        rows._add_shopping(document)
        return rows

    def by_table(self) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
        """Rows in an order in which every reference exists before it is named."""
        for table in metadata.sorted_tables:
            yield table, self._rows.get(table, [])

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def _add_shop(
        self, shop: SeedShop, context: SeedContext, seals: Mapping[str, TokenSet], known: Mapping[str, Account]
    ) -> None:
        key, on = shop.shop_key, shop.amazon_settings.use_amazon
        front = {
            "storefront_status": shop.storefront,
            "storefront_version": 1,
            "guest_purchase": shop.guest_purchase,
        }
        self._add(t.shops, {"shop_key": key, **front, "updated_at": context.at})
        self._add(t.amazon_settings, _settings(shop, context, seals, known))
        self._add(t.entitlements, {"shop_key": key, **shop.entitlements.model_dump(), "version": 1})
        self._add(t.system_parts, {"shop_key": key, "output": _either(shop.parts_output, on), "version": 1})
        pay = {
            "in_use": _either(shop.payment.use, on),
            "regular": _either(shop.payment.regular, on),
            "pre_order": shop.payment.pre_order,
            "subscription": shop.payment.subscription,
            "auto_link": shop.payment.auto_link,
        }
        self._add(t.amazon_pay, {"shop_key": key, **pay, "version": 1})
        for part in shop.parts:
            self._add(t.part_texts, {"shop_key": key, **part.model_dump()})

    def _add_orders(self, document: SeedDocument, context: SeedContext) -> None:
        for order in document.orders:
            self._add(t.orders, {**order.row(), "ordered_at": order.ordered_at or context.at, "version": 1})
            details = order.details()
            if details is not None:
                self._add(s.order_details, details_row(order.shop_key, order.order_no, details))

    def _add_payment_objects(self, document: SeedDocument, context: SeedContext) -> None:
        times = {"created_at": context.at, "updated_at": context.at}
        for refund in document.refunds:
            self._add(t.refunds, {**refund.model_dump(), **times})
        for dispute in document.disputes:
            self._add(t.disputes, {**dispute.model_dump(), **times})
        for permission in document.charge_permissions:
            self._add(t.charge_permissions, {**permission.model_dump(), **times})

    def _add_shopping(self, document: SeedDocument) -> None:
        for product in document.products:
            self._add(s.products, {"shop_key": product.shop_key, **asdict(product.product())})
        for origin in document.javascript_origins:
            self._add(s.javascript_origins, origin.model_dump())

    def _add_endpoints(self, document: SeedDocument, context: SeedContext) -> None:
        lists: dict[tuple[str, str], int] = {}
        for each in document.ipn_endpoints:
            pair = (each.seller_id, each.environment)
            lists[pair] = lists.get(pair, 0) + 1
            self._add(t.ipn_endpoints, {**each.model_dump(), "created_at": context.at})
        for (seller_id, environment), count in lists.items():
            self._add(t.ipn_lists, {"seller_id": seller_id, "environment": environment, "version": count})


def _settings(
    shop: SeedShop, context: SeedContext, seals: Mapping[str, TokenSet], known: Mapping[str, Account]
) -> dict[str, Any]:
    given = shop.amazon_settings
    token, well_formed = _token(given, context, seals)
    issued = "merchant_site_url" in given.model_fields_set
    return {
        "shop_key": shop.shop_key,
        "use_amazon": given.use_amazon,
        "seller_id": given.seller_id,
        "client_id": given.client_id,
        "mws_auth_token": token,
        "token_well_formed": well_formed,
        "notification_email": given.notification_email,
        "merchant_site_url": given.merchant_site_url if issued else context.site_url.format(shop_key=shop.shop_key),
        "api_status": given.api_status or _api_status(given, token, known.get(given.seller_id or "")),
        "version": 1,
    }


def _token(given: SeedAmazonSettings, context: SeedContext, seals: Mapping[str, TokenSet]) -> tuple[Token, bool]:
    source = given.mws_auth_token
    if isinstance(source, StateToken):
        return (UNSET if source.state == "UNSET" else PRE_SET), False
    clear = context.reveal(source)
    return seals.get(clear) or seal(clear), token_is_well_formed(clear)


def _api_status(given: SeedAmazonSettings, token: Token, account: Account | None) -> str:
    if not (given.seller_id and given.client_id and token["state"] != "UNSET"):
        return "UNCHECKED"
    revoked = account is not None and (account.revoked or token in account.revoked_tokens)
    return "ERROR" if revoked else "VALID"


def _revoked_seals(document: SeedDocument, context: SeedContext) -> dict[str, TokenSet]:
    """One seal for each revoked token, so that a shop with it is recognised by its seal."""
    clears = {context.reveal(source) for each in document.amazon_accounts for source in each.revoked_tokens}
    return {clear: seal(clear) for clear in sorted(clears)}


def _account(given: SeedAccount, context: SeedContext, seals: Mapping[str, TokenSet]) -> Account:
    return Account(
        seller_id=given.seller_id,
        client_id=given.client_id,
        revoked=given.revoked,
        revoked_tokens=tuple(seals[context.reveal(source)] for source in given.revoked_tokens),
    )


def _either(given: bool | None, implied: bool) -> bool:
    return implied if given is None else given
