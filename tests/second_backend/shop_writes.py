"""Writes of a shop's resources: the rules of Amazon設定, Amazon Pay設定, the storefront and the system parts.

Each is called with a shop that is a copy; it changes the copy and says which fields followed which, or raises Refusal.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final

from tests.second_backend.amazon import TOKEN, complete, require_accepted, seal
from tests.second_backend.bodies import refresh_derived
from tests.second_backend.problems import concerning
from tests.second_backend.state import State

Causes = dict[str, str]
USE: Final = "amazonSettings.useAmazon"
API_VALUES: Final = ("sellerId", "clientId", "mwsAuthToken")


def patch_settings(state: State, shop: dict[str, Any], patch: dict[str, Any]) -> Causes:
    settings = shop["amazonSettings"]
    causes: Causes = {}
    if "useAmazon" in patch:
        _require_switchable(state, shop, patch["useAmazon"])
    before = {name: settings[name] for name in API_VALUES}
    for name in ("sellerId", "clientId", "notificationEmail", "useAmazon"):
        if name in patch:
            settings[name] = patch[name]
    if "mwsAuthToken" in patch:
        _set_token(settings, patch["mwsAuthToken"])
        if state.breaks("token-readable"):
            settings["plain"] = patch["mwsAuthToken"]
    if state.breaks("patch-resets") and "notificationEmail" not in patch:
        settings["notificationEmail"] = None
    if complete(settings) and before != {name: settings[name] for name in API_VALUES}:
        require_accepted(state, settings)
        settings["apiStatus"] = "VALID"
        causes["amazonSettings.apiStatus"] = f"amazonSettings.{next(name for name in API_VALUES if name in patch)}"
    refresh_derived(settings)
    causes["amazonSettings.buttonsVisible"] = f"amazonSettings.{next(iter(patch))}"
    return causes | (_follow(state, shop) if "useAmazon" in patch else {})


def _require_switchable(state: State, shop: dict[str, Any], value: bool) -> None:
    if shop["storefront"]["status"] == "OPEN" and not state.breaks("open-writable"):
        raise concerning("useAmazon", "SHOP_OPEN", "利用設定 can be changed only while the shop is closed")
    entitled = shop["entitlements"]["payOption"] and shop["entitlements"]["amazonContract"]
    if value and not entitled:
        raise concerning("useAmazon", "NOT_ENTITLED", "Amazon Pay was not applied for")


def _set_token(settings: dict[str, Any], token: str) -> None:
    """The same token again keeps its salt."""
    if settings["mwsAuthToken"]["state"] == "PRE_SET":
        raise concerning("mwsAuthToken", "TOKEN_PRE_SET", "the token is held by Amazon and cannot be changed")
    if not _same_token(settings["mwsAuthToken"], token):
        settings["mwsAuthToken"] = seal(token)
        settings["wellFormed"] = TOKEN.fullmatch(token) is not None


def _same_token(held: dict[str, Any], token: str) -> bool:
    if held["state"] != "SET":
        return False
    return held["digest"] == hmac.new(bytes.fromhex(held["salt"]), token.encode(), hashlib.sha256).hexdigest()


def _follow(state: State, shop: dict[str, Any]) -> Causes:
    value = shop["amazonSettings"]["useAmazon"]
    shop["amazonPay"]["use"] = value
    if not state.breaks("cascade-missing"):
        shop["amazonPay"]["regular"] = value
    if state.breaks("cascade-overreach"):
        shop["amazonPay"]["preOrder"] = value
    shop["systemParts"]["output"] = value
    return dict.fromkeys(("amazonPay.use", "amazonPay.regular", "amazonPay.preOrder", "systemParts.output"), USE)


def patch_payment(state: State, shop: dict[str, Any], patch: dict[str, Any]) -> Causes:
    entitlements = shop["entitlements"]
    creator = entitlements["commerceCreator"]
    if patch.get("preOrder") and creator not in {"ENABLED", "RUNNING"}:
        raise concerning("preOrder", "NOT_ENTITLED", "予約販売 needs コマースクリエイター")
    if patch.get("subscription") and not (creator == "RUNNING" and entitlements["subscriptionApplications"]):
        raise concerning("subscription", "NOT_ENTITLED", "定期 needs コマースクリエイター運用中 and its applications")
    shop["amazonPay"].update(patch)
    return {}


def put_storefront(state: State, shop: dict[str, Any], body: dict[str, Any]) -> Causes:
    shop["storefront"]["status"] = body["status"]
    return {}


def patch_parts(state: State, shop: dict[str, Any], patch: dict[str, Any]) -> Causes:
    for each in patch["parts"]:
        texts = shop["systemParts"]["parts"][each["part"]]
        texts.update({name: each[name] for name in ("label", "message") if name in each})
    return {}


Write = Callable[[State, dict[str, Any], dict[str, Any]], Causes]
WRITES: Final[dict[str, tuple[str, str, Write]]] = {
    "amazonSettings": ("PATCH", "AmazonSettingsPatch", patch_settings),
    "amazonPay": ("PATCH", "AmazonPayPatch", patch_payment),
    "storefront": ("PUT", "StorefrontPut", put_storefront),
    "systemParts": ("PATCH", "SystemPartsPatch", patch_parts),
}
