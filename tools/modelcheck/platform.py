"""The platform as docs/backend.md describes it, for one request at a time: shops, versions, fences and the trail of changes.

In: a request as the HTTP client sends it. Out: an answer, and the state after it. It is deterministic and holds its whole state
in plain values, so that two states can be compared by a digest. What goes wrong on the way is decided elsewhere (`outcomes`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reconciler.adapters.backend.http.messages import API, RawResponse

CLIENT: Final = "model-client"
SELLER: Final = "A1EXAMPLE234567"
MERCHANT: Final = "merchant"
_KEYS: Final = {
    "amazon-settings": "amazonSettings",
    "payment-methods/amazon-pay": "amazonPay",
    "storefront": "storefront",
}
_JSON: Final = {"content-type": "application/json"}
_PROBLEM: Final = {"content-type": "application/problem+json"}
_TRAIL: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request on its way. `shop` is empty for the token route."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    shop: str = ""
    resource: str = ""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], content: bytes) -> Request:
        path = url.split("://", 1)[-1].partition("/")[2].partition("?")[0]
        rest = f"/{path}".removeprefix(f"{API}/shops/")
        shop, _, resource = rest.partition("/") if rest != f"/{path}" else ("", "", path)
        body = json.loads(content) if headers.get("Content-Type") == "application/json" and content else {}
        return cls(method=method, path=f"/{path}", headers=headers, body=body, shop=shop, resource=resource)

    @property
    def writes(self) -> bool:
        return self.method in ("PUT", "PATCH")

    @property
    def opens(self) -> bool:
        return self.method == "PUT" and self.body.get("status") == "OPEN"

    @property
    def closes(self) -> bool:
        return self.method == "PUT" and self.body.get("status") == "CLOSED"

    @property
    def key(self) -> str:
        """The write key. A tool that sends none is identified by its request."""
        return self.headers.get("X-Write-Key", "")

    @property
    def name(self) -> str:
        said = " ".join(f"{key}={value}" for key, value in self.body.items())
        return f"{self.method} {self.resource.rpartition('/')[2] or self.path}{f' {said}' if said else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the storefront's status: by whom, to what, under which write key."""

    actor: str
    status: str
    key: str


@dataclass(slots=True, kw_only=True)
class ShopState:
    """`sender` is the model's name of who wrote the status last; the tool never sees it."""

    parts: dict[str, dict[str, Any]]
    versions: dict[str, int]
    fences: dict[str, int] = field(default_factory=dict)
    trail: list[Change] = field(default_factory=list)
    sender: str = ""

    def copy(self) -> ShopState:
        parts = {name: dict(values) for name, values in self.parts.items()}
        return ShopState(
            parts=parts,
            versions=dict(self.versions),
            fences=dict(self.fences),
            trail=list(self.trail),
            sender=self.sender,
        )

    @property
    def status(self) -> str:
        return str(self.parts["storefront"]["status"])

    def values(self) -> dict[str, Any]:
        return {name: value for part in self.parts.values() for name, value in part.items()}

    @property
    def closed_by(self) -> str:
        """The actor whose write closed the shop; empty while it is open."""
        return self.sender if self.status == "CLOSED" else ""


def shop_state(*, enabled: bool = False, mail: str = "old@shop.example") -> ShopState:
    """An open shop with all its ids."""
    settings: dict[str, Any] = {
        "useAmazon": enabled, "sellerId": SELLER, "clientId": f"amzn1.application-oa2-client.{'a' * 32}",
        "mwsAuthToken": {"state": "PRE_SET"}, "notificationEmail": mail, "merchantSiteUrl": "https://shop.example/ipn",
        "buttonsVisible": enabled, "apiStatus": "VALID",
    }  # fmt: skip
    payment: dict[str, Any] = {
        "use": enabled,
        "regular": enabled,
        "preOrder": False,
        "subscription": False,
        "autoLink": True,
    }
    storefront: dict[str, Any] = {"status": "OPEN"}
    parts = {"amazonSettings": settings, "amazonPay": payment, "storefront": storefront}
    return ShopState(parts=parts, versions=dict.fromkeys(parts, 1))


@dataclass(slots=True, kw_only=True)
class Platform:
    """`before` holds each shop as it was before its last change: what a late read shows. `fencing`: whether X-Fence is obeyed."""

    shops: dict[str, ShopState]
    fencing: bool = True
    before: dict[str, ShopState] = field(default_factory=dict)

    def copy(self) -> Platform:
        shops = {key: shop.copy() for key, shop in self.shops.items()}
        return Platform(shops=shops, fencing=self.fencing, before=dict(self.before))

    def canonical(self) -> str:
        """The state as text; equal text means equal state."""
        return repr([self.now(), {key: _plain(shop) for key, shop in sorted(self.before.items())}])

    def now(self) -> dict[str, Any]:
        """The shops as they are, without what they were before."""
        return {key: _plain(shop) for key, shop in sorted(self.shops.items())}

    def answer(self, request: Request, sender: str) -> RawResponse:
        """Acts on the request as a healthy platform does."""
        if request.path == "/oauth/token":
            return _answered({"access_token": f"token-{sender}", "token_type": "Bearer", "expires_in": 10**8})
        shop = self.shops[request.shop]
        if request.resource == "integration":
            return _answered(integration(request.shop, shop))
        if request.resource == "changes":
            return _answered({"items": _items(shop), "nextUrl": None})
        return self._write(request, shop, sender)

    def late_read(self, request: Request) -> RawResponse:
        """A read that shows the shop as it was before its last change."""
        return _answered(integration(request.shop, self.before[request.shop]))

    def present(self, request: Request) -> RawResponse:
        """The resource as it is now: what a cache answers to a write that never arrived."""
        shop, part = self.shops[request.shop], _KEYS[request.resource]
        return _answered({"shopKey": request.shop, **shop.parts[part]}, shop.versions[part])

    def _write(self, request: Request, shop: ShopState, sender: str) -> RawResponse:
        part = _KEYS[request.resource]
        refused = self._refusal(request, shop, part)
        if refused is not None:
            return refused
        self._remember(request.shop)
        issuer, _, number = request.headers.get("X-Fence", "").rpartition(":")
        if issuer:
            shop.fences[issuer] = int(number)
        shop.parts[part].update(request.body)
        shop.versions[part] += 1
        if "useAmazon" in request.body:
            self._cascade(shop, enabled=request.body["useAmazon"])
        if part == "storefront":
            self._note(shop, CLIENT, sender, request.key)
        return self.present(request)

    def _refusal(self, request: Request, shop: ShopState, part: str) -> RawResponse | None:
        issuer, _, number = request.headers.get("X-Fence", "").rpartition(":")
        if self.fencing and issuer and int(number) < shop.fences.get(issuer, 0):
            return problem(412, "FENCE_OUTDATED")
        if request.headers.get("If-Match") != f'"{shop.versions[part]}"':
            return problem(412, "PRECONDITION_FAILED")
        if "useAmazon" in request.body and shop.status == "OPEN":
            return problem(423, "SHOP_OPEN")
        return None

    def _cascade(self, shop: ShopState, *, enabled: bool) -> None:
        shop.parts["amazonSettings"]["buttonsVisible"] = enabled
        shop.parts["amazonPay"] |= {"use": enabled, "regular": enabled}
        shop.versions["amazonPay"] += 1

    def merchant_sets(self, key: str, status: str) -> None:
        self._remember(key)
        shop = self.shops[key]
        shop.parts["storefront"]["status"] = status
        shop.versions["storefront"] += 1
        self._note(shop, MERCHANT, MERCHANT, "")

    def merchant_edits(self, key: str, mail: str) -> None:
        self._remember(key)
        shop = self.shops[key]
        shop.parts["amazonSettings"]["notificationEmail"] = mail
        shop.versions["amazonSettings"] += 1

    def _remember(self, key: str) -> None:
        self.before[key] = self.shops[key].copy()

    def _note(self, shop: ShopState, actor: str, sender: str, key: str) -> None:
        shop.sender = sender
        shop.trail = [Change(actor=actor, status=shop.status, key=key), *shop.trail][:_TRAIL]


def _plain(shop: ShopState) -> list[Any]:
    trail = [[change.actor, change.status, change.key] for change in shop.trail]
    return [shop.parts, shop.versions, shop.fences, trail, shop.sender]


def integration(key: str, shop: ShopState) -> dict[str, Any]:
    """The whole shop, as `GET /integration` answers it."""
    enabled = shop.parts["amazonSettings"]["useAmazon"]
    parts: dict[str, Any] = {
        "shopKey": key,
        "updatedAt": "2026-04-01T00:00:00",
        "systemParts": {"version": "1", "value": {"shopKey": key, "output": enabled, "parts": []}},
        "entitlements": {
            "version": "1",
            "value": {
                "shopKey": key, "payOption": True, "amazonContract": True, "commerceCreator": "RUNNING",
                "subscriptionApplications": True,
            },
        },
        "ipnEndpoints": {"version": "1", "value": {"sellerId": SELLER, "environment": "PRODUCTION", "endpoints": []}},
    }  # fmt: skip
    for part, value in shop.parts.items():
        parts[part] = {"version": str(shop.versions[part]), "value": {"shopKey": key, **value}}
    return parts


def _items(shop: ShopState) -> list[dict[str, Any]]:
    return [
        {
            "changeId": number,
            "at": "2026-04-01T00:00:00",
            "actor": change.actor,
            "actorType": "MERCHANT" if change.actor == MERCHANT else "CLIENT",
            "resource": "storefront",
            "field": "status",
            "from": None,
            "to": change.status,
            "cause": None,
            "writeKey": change.key or None,
        }
        for number, change in enumerate(shop.trail)
    ]


def _answered(body: Mapping[str, Any], version: int | None = None) -> RawResponse:
    headers = _JSON if version is None else {**_JSON, "etag": f'"{version}"'}
    return RawResponse(status=200, headers=headers, body=json.dumps(body).encode())


def problem(status: int, code: str, **headers: str) -> RawResponse:
    """A refusal of the contract."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": code, "errors": []}
    return RawResponse(status=status, headers={**_PROBLEM, **headers}, body=json.dumps(body).encode())


def foreign(status: int) -> RawResponse:
    """What a gateway, a proxy or a firewall answers in the platform's place."""
    headers = {"content-type": "text/html"} | ({"retry-after": "1"} if status in (429, 503) else {})
    return RawResponse(status=status, headers=headers, body=b"<html>gateway</html>")


def firewall() -> RawResponse:
    """A refusal in JSON that is none of the contract's."""
    return RawResponse(status=403, headers=_JSON, body=b'{"message": "blocked", "code": "BLOCKED"}')
