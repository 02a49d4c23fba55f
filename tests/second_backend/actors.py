"""Who acts besides clients: merchants, the platform and Amazon; and the seed. All hold for a State directly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from tests.second_backend.access import add_client
from tests.second_backend.amazon import TOKEN, complete, seal
from tests.second_backend.bodies import integration, refresh_derived
from tests.second_backend.shop_writes import patch_parts, patch_payment, patch_settings
from tests.second_backend.state import PARTS, Actor, State, now

_ENTITLED: Final = {
    "payOption": True,
    "amazonContract": True,
    "commerceCreator": "DISABLED",
    "subscriptionApplications": False,
}
_PLATFORM: Final = Actor("platform", "PLATFORM")
_AMAZON: Final = Actor("amazon", "AMAZON")


class Actors:
    def __init__(self, state: State) -> None:
        self.state = state

    def ensure_client(self, client: str, secret: str, shop: str | None = None) -> None:
        with self.state.lock:
            add_client(self.state, client, secret, shop)

    def seed(self, document: dict[str, Any]) -> None:
        """The document has the form that docs/embedded.md describes; a part of it is read: shops, endpoints, orders."""
        with self.state.lock:
            for given in document.get("shops", ()):
                self.state.journal.put(
                    "shops", given["shopKey"], _new_shop(given, keep_token=self.state.breaks("token-readable"))
                )
            self.state.journal.commit()
            self.add_orders(document.get("orders", ()))

    def add_orders(self, orders: Any) -> None:
        with self.state.lock:
            for given in orders:
                order = {
                    "type": "REGULAR",
                    "status": "AWAITING_PAYMENT",
                    "paymentStatus": "NOTRECEIVED",
                    "receiptDate": None,
                    "amazonOrderReferenceId": None,
                    "totalAmount": "1000",
                    "currency": "JPY",
                    "revision": 1,
                }
                self.state.journal.put("orders", f"{given['shopKey']} {given['orderNo']}", order | given)
            self.state.journal.commit()

    def merchant_edits(self, key: str, changes: dict[str, Any], by: str = "merchant") -> None:
        """`storefront` CLOSED first, the settings in between, OPEN at the end. The rules of clients hold."""
        with self.state.lock:
            actor = Actor(by, "MERCHANT")
            if changes.get("storefront") == "CLOSED":
                self._edit(key, actor, {"storefront": "CLOSED"})
            rest = {name: value for name, value in changes.items() if name != "storefront"}
            if rest:
                self._edit(key, actor, rest)
            if changes.get("storefront") == "OPEN":
                self._edit(key, actor, {"storefront": "OPEN"})
            self.state.journal.commit()

    def merchant_registers_endpoint(self, seller: str, url: str, environment: str = "PRODUCTION") -> None:
        with self.state.lock:
            held = self.state.endpoints(seller, environment)["endpoints"]
            urls = [*held, {"url": url, "createdAt": now()}]
            self.state.put_endpoints(seller, environment, urls, Actor("merchant", "MERCHANT"))
            self.state.journal.commit()

    def merchant_removes_endpoint(self, seller: str, url: str, environment: str = "PRODUCTION") -> None:
        with self.state.lock:
            held = self.state.endpoints(seller, environment)["endpoints"]
            urls = [each for each in held if each["url"] != url]
            self.state.put_endpoints(seller, environment, urls, Actor("merchant", "MERCHANT"))
            self.state.journal.commit()

    def platform_turns_off(self, key: str) -> None:
        """No rules hold: the shop may be open."""
        with self.state.lock:
            shop = self._shop(key)
            shop["amazonSettings"]["useAmazon"] = False
            refresh_derived(shop["amazonSettings"])
            shop["amazonPay"] |= {"use": False, "regular": False}
            shop["systemParts"]["output"] = False
            derived = ("amazonPay.use", "amazonPay.regular", "systemParts.output", "amazonSettings.buttonsVisible")
            self.state.put_shop(shop, _PLATFORM, dict.fromkeys(derived, "amazonSettings.useAmazon"))
            self.state.journal.commit()

    def platform_entitles(self, key: str, **entitlements: Any) -> None:
        with self.state.lock:
            shop = self._shop(key)
            shop["entitlements"] |= entitlements
            self.state.put_shop(shop, _PLATFORM, {})
            self.state.journal.commit()

    def amazon_revokes(self, key: str) -> None:
        with self.state.lock:
            shop = self._shop(key)
            self.state.journal.put("revoked", shop["amazonSettings"]["sellerId"], True)
            shop["amazonSettings"]["apiStatus"] = "ERROR"
            self.state.put_shop(shop, _AMAZON, {})
            self.state.journal.commit()

    def merchant_captures(self, key: str, number: str, *, chargeAmount: str, state: str = "Captured") -> str:  # noqa: N803  # as on the wire
        """The id of the charge."""
        with self.state.lock:
            permission = self.order(key, number)["amazonOrderReferenceId"]
            charge = f"{permission}-C{len(list(self.state.journal.items('charges'))) + 1:06}"
            amount = {"amount": chargeAmount, "currencyCode": "JPY"}
            body = {
                "chargeId": charge,
                "chargePermissionId": permission,
                "chargeAmount": amount,
                "captureAmount": amount if state == "Captured" else None,
                "statusDetails": _status(state, None),
                "creationTimestamp": _amazon_time(),
                "expirationTimestamp": None,
                "merchantMetadata": None,
                "releaseEnvironment": "Live",
            }
            self.state.journal.put("charges", charge, {"shop": key, "body": body})
            self.state.journal.commit()
        return charge

    def amazon_turns(self, key: str, charge: str, state: str, reason: str | None = None) -> None:
        with self.state.lock:
            held = self.state.journal.get("charges", charge)
            assert held["shop"] == key
            held["body"]["statusDetails"] = _status(state, reason)
            self.state.journal.put("charges", charge, held)
            self.state.journal.commit()

    def changes(self, key: str) -> list[dict[str, Any]]:
        """Newest first."""
        rows = [row["entry"] for _, row in self.state.journal.items("changes") if row["shop"] == key]
        return rows[::-1]

    def integration(self, key: str, environment: str = "PRODUCTION") -> dict[str, Any]:
        return integration(self.state, self._shop(key), environment)[0]

    def order(self, key: str, number: str) -> dict[str, Any]:
        order: dict[str, Any] = self.state.journal.get("orders", f"{key} {number}")
        return order

    def _shop(self, key: str) -> dict[str, Any]:
        shop = self.state.shop(key)
        assert shop is not None, key
        return shop

    def _edit(self, key: str, actor: Actor, changes: dict[str, Any]) -> None:
        shop = self._shop(key)
        causes: dict[str, str] = {}
        settings = {name: value for name, value in changes.items() if name in shop["amazonSettings"]}
        payment = {name: value for name, value in changes.items() if name in shop["amazonPay"]}
        if settings:
            causes |= patch_settings(self.state, shop, settings)
        if payment:
            causes |= patch_payment(self.state, shop, payment)
        for name, value in changes.items():
            part, _, text = name.partition(".")
            if part in PARTS:
                patch_parts(self.state, shop, {"parts": [{"part": part, text: value}]})
            elif name == "storefront":
                shop["storefront"]["status"] = value
        forced = "storefront" if "storefront" in changes else None
        self.state.put_shop(shop, actor, causes, forced=forced)


def _status(state: str, reason: str | None) -> dict[str, Any]:
    return {
        "state": state,
        "reasonCode": reason,
        "reasonDescription": None,
        "lastUpdatedTimestamp": _amazon_time(),
    }


def _amazon_time() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _new_shop(given: dict[str, Any], *, keep_token: bool) -> dict[str, Any]:
    key, amazon = given["shopKey"], dict(given.get("amazonSettings", {}))
    token = amazon.pop("mwsAuthToken", {"state": "UNSET"})
    settings = {
        "revision": 1,
        "useAmazon": False,
        "sellerId": None,
        "clientId": None,
        "mwsAuthToken": token if "state" in token else seal(token["value"]),
        "wellFormed": "state" in token or TOKEN.fullmatch(token["value"]) is not None,
        "plain": token.get("value") if keep_token else None,
        "notificationEmail": None,
        "merchantSiteUrl": f"https://notify.second.example/{key}",
        "buttonsVisible": False,
        "apiStatus": "UNCHECKED",
    } | amazon
    settings["apiStatus"] = "VALID" if complete(settings) else "UNCHECKED"
    refresh_derived(settings)
    use = settings["useAmazon"]
    payment = {"use": use, "regular": use, "preOrder": False, "subscription": False, "autoLink": True}
    texts: dict[str, dict[str, Any]] = {name: {"label": None, "message": None} for name in PARTS}
    for each in given.get("parts", ()):
        texts[each["part"]] |= {name: each[name] for name in ("label", "message") if name in each}
    return {
        "shopKey": key,
        "updatedAt": now(),
        "storefront": {"revision": 1, "status": given.get("storefront", "OPEN")},
        "amazonSettings": settings,
        "amazonPay": {"revision": 1} | payment | given.get("payment", {}),
        "systemParts": {"revision": 1, "output": given.get("partsOutput", use), "parts": texts},
        "entitlements": {"revision": 1} | _ENTITLED | given.get("entitlements", {}),
    }
