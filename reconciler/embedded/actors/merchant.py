"""A merchant at the admin screens: the same rules as the contract, without versions and without an API client.

In: flat keys and values, as a person would name them. Out: the shop after all of them, or a refusal and nothing.
Keys: `storefront` (OPEN, CLOSED), the keys of Amazon設定 and Amazon Pay設定, and `ORDER_AREA.label` and the like.
A shop is closed before the other changes and opened after them, so one call can do what 要閉店 needs done while closed.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from reconciler.embedded.contract.problems import field_problem, shape_problem
from reconciler.embedded.contract.requests import (
    AmazonPayBody,
    AmazonPayPatch,
    AmazonSettingsBody,
    AmazonSettingsPatch,
    StorefrontPut,
    SystemPartsPatch,
)
from reconciler.embedded.resources import amazon_pay as payment
from reconciler.embedded.resources import amazon_settings, system_parts
from reconciler.embedded.resources import storefront as shops
from reconciler.embedded.resources.credential_check import Verifier
from reconciler.embedded.storage.audited_write import AuditedTransaction

_SETTINGS_KEYS = frozenset(AmazonSettingsPatch.__annotations__)
_PAY_KEYS = frozenset(AmazonPayPatch.__annotations__)
KEYS = (
    "storefront",
    *sorted(_SETTINGS_KEYS),
    *sorted(_PAY_KEYS),
    *(f"{part}.{text}" for part in system_parts.NAMES for text in ("label", "message")),
)

_SETTINGS: TypeAdapter[AmazonSettingsPatch] = TypeAdapter(AmazonSettingsBody)
_PAY: TypeAdapter[AmazonPayPatch] = TypeAdapter(AmazonPayBody)
_STOREFRONT: TypeAdapter[StorefrontPut] = TypeAdapter(StorefrontPut)
_PARTS: TypeAdapter[SystemPartsPatch] = TypeAdapter(SystemPartsPatch)

_T = TypeVar("_T")


def apply_edits(edit: AuditedTransaction, shop_key: str, changes: Mapping[str, Any], verifier: Verifier) -> None:
    _judge_keys(changes)
    settings = {key: value for key, value in changes.items() if key in _SETTINGS_KEYS}
    pay = {key: value for key, value in changes.items() if key in _PAY_KEYS}
    parts = _parts(changes)
    storefront = {"status": changes["storefront"]} if "storefront" in changes else {}
    wanted = _read(_STOREFRONT, storefront)["status"] if storefront else None
    if wanted == "CLOSED":
        shops.put(edit, shop_key, wanted)
    if settings:
        amazon_settings.patch(edit, shop_key, _read(_SETTINGS, settings), verifier)
    if pay:
        payment.patch(edit, shop_key, _read(_PAY, pay))
    if parts:
        system_parts.patch(edit, shop_key, _read(_PARTS, {"parts": parts})["parts"])
    if wanted == "OPEN":
        shops.put(edit, shop_key, wanted)


def _judge_keys(changes: Mapping[str, Any]) -> None:
    for key in changes:
        if key not in KEYS:
            raise field_problem("VALIDATION_ERROR", key, f"unknown key {key} (available: {', '.join(KEYS)})")


def _parts(changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, value in changes.items():
        part, dot, text = key.partition(".")
        if dot:
            found.setdefault(part, {"part": part})[text] = value
    return list(found.values())


def _read(adapter: TypeAdapter[_T], value: Mapping[str, Any]) -> _T:
    try:
        return adapter.validate_python(dict(value))
    except ValidationError as error:
        raise shape_problem(error.errors(include_url=False), frozenset()) from None
