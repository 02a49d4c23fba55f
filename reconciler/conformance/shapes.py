"""The shapes of resources: which keys they have, and of which type. Keys beyond the contract are accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reconciler.conformance.answers import BackendAnswer
from reconciler.conformance.verdicts import named_value
from reconciler.core.diagnostics.messages import msg

Fits = Callable[[Any], bool]
STAMP: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_text_or_null(value: Any) -> bool:
    return value is None or isinstance(value, str)


def is_stamp(value: Any) -> bool:
    return isinstance(value, str) and STAMP.fullmatch(value) is not None


def one_of_names(*names: str) -> Fits:
    return lambda value: value in names


def is_token(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if value.get("state") == "SET":
        return all(_is_hex(value.get(key)) for key in ("salt", "digest")) and len(value["digest"]) == 64
    return value.get("state") in ("UNSET", "PRE_SET")


def is_parts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(part, dict)
        and all(is_text(part.get(key)) for key in ("part", "name"))
        and all(key in part and is_text_or_null(part[key]) for key in ("label", "message"))
        for part in value
    )


def is_list_of_endpoints(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and is_text(each.get("url")) and is_stamp(each.get("createdAt")) for each in value
    )


SETTINGS_SHAPE: Final[Mapping[str, Fits]] = {
    "useAmazon": is_bool,
    "sellerId": is_text_or_null,
    "clientId": is_text_or_null,
    "mwsAuthToken": is_token,
    "notificationEmail": is_text_or_null,
    "merchantSiteUrl": is_text_or_null,
    "buttonsVisible": is_bool,
    "apiStatus": one_of_names("UNCHECKED", "VALID", "ERROR"),
}
PAYMENT_SHAPE: Final[Mapping[str, Fits]] = dict.fromkeys(("use", "regular", "preOrder", "subscription"), is_bool)
STOREFRONT_SHAPE: Final[Mapping[str, Fits]] = {"status": one_of_names("OPEN", "CLOSED")}
PARTS_SHAPE: Final[Mapping[str, Fits]] = {"output": is_bool, "parts": is_parts}
ENTITLEMENTS_SHAPE: Final[Mapping[str, Fits]] = {
    "payOption": is_bool,
    "amazonContract": is_bool,
    "commerceCreator": one_of_names("DISABLED", "ENABLED", "RUNNING"),
    "subscriptionApplications": is_bool,
}
ENDPOINTS_SHAPE: Final[Mapping[str, Fits]] = {
    "environment": one_of_names("PRODUCTION", "SANDBOX"),
    "endpoints": is_list_of_endpoints,
}
ORDER_SHAPE: Final[Mapping[str, Fits]] = {
    "orderNo": is_text,
    "shopKey": is_text,
    "type": is_text,
    "status": is_text,
    "paymentStatus": one_of_names("NOTRECEIVED", "RECEIVED"),
    "receiptDate": lambda value: value is None or is_stamp(value),
    "amazonOrderReferenceId": is_text_or_null,
    "totalAmount": is_text,
    "currency": is_text,
    "version": is_text,
}
CHANGE_SHAPE: Final[Mapping[str, Fits]] = {
    "changeId": lambda value: type(value) is int,
    "at": is_stamp,
    "actor": is_text,
    "actorType": one_of_names("CLIENT", "MERCHANT", "PLATFORM", "AMAZON"),
    "resource": is_text,
    "field": is_text,
    "from": lambda _value: True,
    "to": lambda _value: True,
    "cause": is_text_or_null,
}


def expect_shape(answer: BackendAnswer, shape: Mapping[str, Fits], value: Any) -> None:
    """Each key is there, with a value of its type."""
    if not isinstance(value, dict):
        raise answer.broken(msg("a JSON object"))
    for name, fits in shape.items():
        if name not in value:
            raise answer.broken(msg("the key `{name}`", name=name), msg("no such key"))
        if not fits(value[name]):
            raise answer.broken(msg("`{name}` in the form of the contract", name=name), named_value(name, value[name]))


def _is_hex(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{2,}", value) is not None and len(value) % 2 == 0
