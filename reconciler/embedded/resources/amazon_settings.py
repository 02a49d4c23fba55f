"""Amazon設定, the master: its lock, its credentials, and what follows it.

In: a patch of the contract's keys, inside an edit. Out: the row, the rows that follow, or a refusal.

- 利用設定 can be written only while the shop is closed (要閉店), in either direction and with any value.
- After each write of it the payment row and the system parts follow, even if its value stays the same.
- The buttons show when 利用設定 is on and the four required items are set. They do not depend on whether Amazon still accepts the
  values [?]: a revocation turns `apiStatus` to ERROR and leaves `buttonsVisible` as it was.
- The token is sealed on its way in; a pre-set one is untouchable. Writing the token that is there already keeps its seal,
  so nothing changed and no version grows.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, RowMapping

from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem, field_problem
from reconciler.embedded.contract.requests import AmazonSettingsPatch
from reconciler.embedded.contract.responses import AmazonSettingsResponse
from reconciler.embedded.contract.token_seal import Token, seal, verify_seal
from reconciler.embedded.resources import amazon_accounts as accounts
from reconciler.embedded.resources import amazon_pay as payment
from reconciler.embedded.resources import entitlements, system_parts
from reconciler.embedded.resources import storefront as shops
from reconciler.embedded.resources.credential_check import Credentials, Verifier, token_is_well_formed
from reconciler.embedded.storage.audited_write import AuditedTransaction, Resource
from reconciler.embedded.storage.rows import row_of
from reconciler.embedded.storage.tables import amazon_settings
from reconciler.embedded.storage.tables import shops as shops_table

USE_AMAZON = "amazonSettings.useAmazon"
"""What audit rows of followers name as their cause."""

RESOURCE = Resource(
    name="amazonSettings",
    table=amazon_settings,
    fields={
        "use_amazon": "useAmazon",
        "seller_id": "sellerId",
        "client_id": "clientId",
        "mws_auth_token": "mwsAuthToken",
        "notification_email": "notificationEmail",
        "api_status": "apiStatus",
    },
)

_C = amazon_settings.c
_PLAIN = {
    "useAmazon": "use_amazon",
    "sellerId": "seller_id",
    "clientId": "client_id",
    "notificationEmail": "notification_email",
}
_SHOWING = (_C.use_amazon, _C.mws_auth_token, _C.seller_id, _C.client_id, _C.notification_email)
_CHECKED = ("seller_id", "client_id", "mws_auth_token")


def get(connection: Connection, shop_key: str) -> RowMapping:
    return row_of(connection, amazon_settings, shop_key)


def version(row: RowMapping) -> str:
    return str(row[_C.version])


def to_response(row: RowMapping) -> AmazonSettingsResponse:
    return {
        "shopKey": row[_C.shop_key],
        "useAmazon": row[_C.use_amazon],
        "sellerId": row[_C.seller_id],
        "clientId": row[_C.client_id],
        "mwsAuthToken": row[_C.mws_auth_token],
        "notificationEmail": row[_C.notification_email],
        "merchantSiteUrl": row[_C.merchant_site_url],
        "buttonsVisible": _buttons_visible(*(row[column] for column in _SHOWING)),
        "apiStatus": row[_C.api_status],
    }


def patch(
    edit: AuditedTransaction,
    shop_key: str,
    body: AmazonSettingsPatch,
    verifier: Verifier,
    *,
    if_match: str | None = None,
) -> None:
    shop = shops.get(edit.connection, shop_key)
    row = get(edit.connection, shop_key)
    etags.require_match(if_match, version(row))
    _judge(edit.connection, shop, row, body)
    values = _values(row, body)
    if any(row[_C[name]] != values[name] for name in _CHECKED if name in values):
        values["api_status"] = _api_status(edit.connection, _state(row) | values, body.get("mwsAuthToken"), verifier)
    write(edit, row, values)
    if "useAmazon" in body:
        _follow(edit, shop_key, body["useAmazon"])


def turn_off(edit: AuditedTransaction, shop_key: str) -> None:
    """The platform's own act: 利用設定 goes off, open shop or not, and what follows it follows."""
    write(edit, get(edit.connection, shop_key), {"use_amazon": False})
    _follow(edit, shop_key, False)


def write(edit: AuditedTransaction, row: RowMapping, values: Mapping[str, Any]) -> None:
    """Write columns, and the trail of what is derived from them."""
    changed = [name for name, value in values.items() if row[_C[name]] != value]
    if not changed:
        return
    asked = [name for name in changed if name in _CHECKED]
    edit.write(RESOURCE, row, values, {"api_status": _name(asked[0])} if asked else {})
    before = _buttons_visible(*(row[column] for column in _SHOWING))
    after = _buttons_visible(*(values.get(column.name, row[column]) for column in _SHOWING))
    if before != after:
        edit.record(row[_C.shop_key], RESOURCE.name, "buttonsVisible", (before, after), _name(changed[0]))


def _name(column: str) -> str:
    return f"{RESOURCE.name}.{RESOURCE.fields[column]}"


def _follow(edit: AuditedTransaction, shop_key: str, on: bool) -> None:
    payment.apply_switch(edit, shop_key, on, USE_AMAZON)
    system_parts.apply_switch(edit, shop_key, on, USE_AMAZON)


def _judge(connection: Connection, shop: RowMapping, row: RowMapping, body: AmazonSettingsPatch) -> None:
    if "useAmazon" in body and shop[shops_table.c.storefront_status] == "OPEN":
        raise field_problem("SHOP_OPEN", "useAmazon", "this can be changed only while the shop is closed (要閉店)")
    if "mwsAuthToken" in body and row[_C.mws_auth_token]["state"] == "PRE_SET":
        raise field_problem("TOKEN_PRE_SET", "mwsAuthToken", "Amazon holds this token; it cannot be changed")
    entitled = not body.get("useAmazon") or entitlements.may_use_amazon(entitlements.get(connection, row[_C.shop_key]))
    if not entitled:
        raise field_problem(
            "NOT_ENTITLED",
            "useAmazon",
            "利用設定 requires 他社ID決済オプション Amazon Pay and a contract with Amazon",
        )


def _values(row: RowMapping, body: AmazonSettingsPatch) -> dict[str, Any]:
    values: dict[str, Any] = {_PLAIN[key]: value for key, value in body.items() if key in _PLAIN}
    if "mwsAuthToken" in body:
        clear = body["mwsAuthToken"].get_secret_value()
        present = row[_C.mws_auth_token]
        values["mws_auth_token"] = present if verify_seal(present, clear) else seal(clear)
        values["token_well_formed"] = token_is_well_formed(clear)
    return values


def _api_status(connection: Connection, state: Mapping[str, Any], clear: SecretStr | None, verifier: Verifier) -> str:
    """Checks the new values at Amazon; until all three are set there is nothing to check."""
    seller_id, client_id, token = (state[name] for name in _CHECKED)
    if not (seller_id and client_id and token["state"] != "UNSET"):
        return "UNCHECKED"
    credentials = Credentials(
        seller_id=seller_id,
        client_id=client_id,
        token=token,
        token_well_formed=state["token_well_formed"],
        clear_token=clear,
        account=accounts.find(connection, seller_id),
    )
    rejected = verifier.verify(credentials)
    if rejected:
        raise Problem(
            "AMAZON_API_ERROR",
            "Amazon does not accept these values; nothing was written",
            errors=[{"field": each.field, "code": each.code, "message": each.message} for each in rejected],
        )
    return "VALID"


def _state(row: RowMapping) -> dict[str, Any]:
    return {column.name: row[column] for column in _C}


def _buttons_visible(use_amazon: bool, token: Token, *items: str | None) -> bool:
    return bool(use_amazon and token["state"] != "UNSET" and all(items))
