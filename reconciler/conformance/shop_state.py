"""What a named shop was before the check, and how it becomes that again.

In: the shop's resources as the backend returns them. Out: a snapshot; the writes that restore it; what still differs. Derived
fields are not written: they follow `useAmazon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.conformance.client import KitClient, path_of_shop, require_json
from reconciler.core.conformance.report import UnrestoredValue
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.lib.frozen_class import frozen
from reconciler.ports.errors import BackendError

SETTINGS: Final = "amazon-settings"
PAYMENT: Final = "payment-methods/amazon-pay"
STOREFRONT: Final = "storefront"
PARTS: Final = "system-parts"
ENTITLEMENTS: Final = "entitlements"
ROUTES: Final = (SETTINGS, PAYMENT, STOREFRONT, PARTS, ENTITLEMENTS)
PART_OF_INTEGRATION: Final[Mapping[str, str]] = {
    SETTINGS: "amazonSettings",
    PAYMENT: "amazonPay",
    STOREFRONT: "storefront",
    PARTS: "systemParts",
    ENTITLEMENTS: "entitlements",
}

_TRIES: Final = 4
_SETTINGS_KEYS: Final = ("sellerId", "clientId", "notificationEmail")
_PAYMENT_KEYS: Final = ("preOrder", "subscription", "autoLink")


@frozen
class NamedShop:
    """The bodies of the routes, by route."""

    shop: str
    values: Mapping[str, Mapping[str, Any]]

    @property
    def enabled(self) -> bool:
        return bool(self.values[SETTINGS].get("useAmazon"))

    @property
    def open(self) -> bool:
        return self.values[STOREFRONT].get("status") == "OPEN"

    @property
    def followers(self) -> tuple[Any, Any, Any]:
        """`use`, `regular` and `output`."""
        payment = self.values[PAYMENT]
        return payment.get("use"), payment.get("regular"), self.values[PARTS].get("output")

    @property
    def consistent(self) -> bool:
        """Whether what follows `useAmazon` has its value. If not, a write of it could not be undone."""
        return self.followers == (self.enabled,) * 3

    @property
    def texts(self) -> dict[tuple[str, str], Any]:
        return {
            (part["part"], key): part.get(key) for part in self.values[PARTS]["parts"] for key in ("label", "message")
        }

    def flat(self) -> dict[str, Any]:
        """All that must be as before, by a name for people."""
        settings, payment = self.values[SETTINGS], self.values[PAYMENT]
        found = {f"{SETTINGS} {key}": settings.get(key) for key in ("useAmazon", *_SETTINGS_KEYS, "mwsAuthToken")}
        found |= {f"{PAYMENT} {key}": payment.get(key) for key in (*_PAYMENT_KEYS, "use", "regular")}
        found |= {f"{PARTS} {part} {key}": value for (part, key), value in self.texts.items()}
        found[f"{PARTS} output"] = self.values[PARTS].get("output")
        found[f"{STOREFRONT} status"] = self.values[STOREFRONT].get("status")
        return found


async def read_named_shop(client: KitClient, shop: str) -> NamedShop:
    """Raises BackendError where a route does not answer with its resource."""
    answers = [require_json(await client.read(path_of_shop(shop, route), shop)) for route in ROUTES]
    return NamedShop(shop=shop, values={route: answer.body for route, answer in zip(ROUTES, answers, strict=True)})


def differences(before: NamedShop, after: NamedShop) -> list[UnrestoredValue]:
    old, new = before.flat(), after.flat()
    return [
        UnrestoredValue(shop=before.shop, field=name, before=_shown(old[name]), after=_shown(new.get(name)))
        for name in old
        if old[name] != new.get(name)
    ]


async def restore_shop(client: KitClient, before: NamedShop) -> list[UnrestoredValue]:
    """Writes what differs, as often as the connection needs it, and reads again: what is returned is still different."""
    for attempt in range(_TRIES):
        try:
            now = await read_named_shop(client, before.shop)
            if not differences(before, now):
                return []
            await _write_back(client, before, now)
            left = differences(before, await read_named_shop(client, before.shop))
        except BackendError:
            left = [_unread(before)]
        if not left:
            return []
        if attempt + 1 < _TRIES:
            await client.clock.sleep(0.5 * 2**attempt)
    return left


async def _write_back(client: KitClient, before: NamedShop, now: NamedShop) -> None:
    """The switch while the shop is closed, then the rest, the storefront last."""
    if now.enabled != before.enabled or (not before.consistent and now.followers != before.followers):
        await _put(client, before.shop, STOREFRONT, {"status": "CLOSED"})
        await _put(client, before.shop, SETTINGS, {"useAmazon": before.enabled})
    for route, body in _bodies(before, now):
        await _put(client, before.shop, route, body)
    current = require_json(await client.read(path_of_shop(before.shop, STOREFRONT), before.shop))
    if current.body.get("status") != before.values[STOREFRONT].get("status"):
        await _put(client, before.shop, STOREFRONT, {"status": before.values[STOREFRONT].get("status")})


def _bodies(before: NamedShop, now: NamedShop) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for route, keys in ((SETTINGS, _SETTINGS_KEYS), (PAYMENT, _PAYMENT_KEYS)):
        old, new = before.values[route], now.values[route]
        # One key at a time: a value that is refused does not keep the others.
        yield from ((route, {key: old[key]}) for key in keys if old.get(key) is not None and old[key] != new.get(key))
    texts = now.texts
    for (part, key), value in before.texts.items():
        if value is not None and texts.get((part, key)) != value:
            yield PARTS, {"parts": [{"part": part, key: value}]}


async def _put(client: KitClient, shop: str, route: str, body: Mapping[str, Any]) -> None:
    path = path_of_shop(shop, route)
    present = require_json(await client.read(path, shop))
    await client.send("PUT" if route == STOREFRONT else "PATCH", path, shop, body, headers={"If-Match": present.etag})


def _unread(before: NamedShop) -> UnrestoredValue:
    return UnrestoredValue(shop=before.shop, field="*", before="", after="")


def _shown(value: Any) -> str:
    text = "null" if value is None else str(value)
    return "(sensitive value)" if contains_credential(text) else text[:200]
