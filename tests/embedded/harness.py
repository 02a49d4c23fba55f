"""A backend for tests: an injected clock, a client of the contract, and known values."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

SELLER = "A1EXAMPLE234567"
OTHER_SELLER = "A9EXAMPLE765432"
CLIENT = "amzn1.application-oa2-client." + "0123456789abcdef" * 2
TOKEN = "amzn.mws.0a1b2c3d-0000-4000-8000-00000000cafe"
OTHER_TOKEN = "amzn.mws.0a1b2c3d-0000-4000-8000-00000000beef"
PRE_SET = "Pre-Set_with_information_from_Amazon"
EMAIL = "amazon-pay@kyoto-tea.example"
CREDENTIALS = {"sellerId": SELLER, "clientId": CLIENT, "mwsAuthToken": TOKEN}
COMPLETE = {**CREDENTIALS, "notificationEmail": EMAIL}

KYOTO = "kyoto-tea"  # closed, entitled to everything, nothing set
OSAKA = "osaka-books"  # open, live with Amazon
NARA = "nara-deer"  # closed, entitled to nothing
KOBE = "kobe-bread"  # closed, its token pre-set by Amazon

SEED: Mapping[str, Any] = {
    "shops": [
        {
            "shopKey": KYOTO,
            "storefront": "CLOSED",
            "entitlements": {"commerceCreator": "RUNNING", "subscriptionApplications": True},
        },
        {
            "shopKey": OSAKA,
            "amazonSettings": {
                "useAmazon": True,
                "sellerId": OTHER_SELLER,
                "clientId": CLIENT,
                "mwsAuthToken": {"value": OTHER_TOKEN},
                "notificationEmail": "pay@osaka-books.example",
            },
            "payment": {"preOrder": True},
            "entitlements": {"commerceCreator": "ENABLED"},
        },
        {
            "shopKey": NARA,
            "storefront": "CLOSED",
            "entitlements": {"payOption": False, "amazonContract": False},
        },
        {
            "shopKey": KOBE,
            "storefront": "CLOSED",
            "amazonSettings": {"mwsAuthToken": {"state": "PRE_SET"}, "notificationEmail": "pay@kobe-bread.example"},
        },
    ],
    "ipnEndpoints": [{"sellerId": OTHER_SELLER, "url": "https://ipn.platform.example/osaka"}],
    "orders": [
        {"orderNo": "100000000001", "shopKey": OSAKA, "amazonOrderReferenceId": "S03-0000001-0000001"},
        {"orderNo": "100000000002", "shopKey": OSAKA, "amazonOrderReferenceId": "S03-0000001-0000002"},
        {"orderNo": "100000000003", "shopKey": OSAKA, "status": "CANCELLED"},
    ],
    "products": [
        {"shopKey": shop, **product}
        for shop in (KYOTO, OSAKA)
        for product in (
            {"productId": "box", "name": "旬の詰め合わせ便", "price": 4800, "saleType": "HANPUKAI", "cycleMonths": 2},
            {"productId": "early", "name": "新刊 <予約>", "price": 1800, "saleType": "PREORDER"},
            {"productId": "monthly", "name": "毎月のおたのしみ便", "price": 3000, "saleType": "SUBSCRIPTION"},
            {"productId": "tea", "name": "玉露 50g", "price": 2500},
            {"productId": "towel", "name": "手ぬぐい", "price": 900},
        )
    ],
    "clients": [
        {"clientId": "operator", "secret": {"value": "operator-secret"}},
        {"clientId": "kyoto", "secret": {"value": "kyoto-secret"}, "shopKey": KYOTO},
    ],
}


@dataclass
class Clock:
    """Time that changes only when the test changes it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 4, 1, 0, 0, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Api:
    """The contract, in-process. Adds the token, X-SHOP-KEY and If-Match unless they are given."""

    def __init__(self, app: FastAPI, client_id: str = "operator", shop_key: str | None = None) -> None:
        self._runner = asyncio.Runner()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://backend.example")
        self.client_id = client_id
        self.shop_key = shop_key
        self.token = ""

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def send(self, method: str, path: str, **words: Any) -> httpx.Response:
        """A request as it is, with nothing filled in."""
        return self._runner.run(self._client.request(method, path, **words))

    def sign_in(self) -> None:
        headers = {"X-SHOP-KEY": self.shop_key} if self.shop_key else {}
        answer = self.send(
            "POST",
            "/oauth/token",
            auth=(self.client_id, f"{self.client_id}-secret"),
            data={"grant_type": "client_credentials"},
            headers=headers,
        )
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]

    def ask(
        self, method: str, path: str, *, shop: str | None = None, headers: Mapping[str, str] | None = None, **words: Any
    ) -> httpx.Response:
        if not self.token:
            self.sign_in()
        all_headers = {"Authorization": f"Bearer {self.token}"}
        if shop is not None:
            all_headers["X-SHOP-KEY"] = shop
        return self.send(method, f"/admin-api/v1{path}", headers={**all_headers, **(headers or {})}, **words)

    def ask_amazon(self, path: str, *, shop: str, **words: Any) -> httpx.Response:
        """Amazon Pay's own API, which the backend answers under a path of its own."""
        if not self.token:
            self.sign_in()
        headers = {"Authorization": f"Bearer {self.token}", "X-SHOP-KEY": shop}
        return self.send("GET", f"/amazon-pay/v2/charges{path}", headers=headers, **words)

    def get(self, shop: str, resource: str, **words: Any) -> httpx.Response:
        return self.ask("GET", f"/shops/{shop}/{resource}", shop=shop, **words)

    def patch(
        self, shop: str, resource: str, body: Any, *, if_match: str | None = None, method: str = "PATCH"
    ) -> httpx.Response:
        """Write with the present version, or with `if_match`."""
        version = if_match or self.get(shop, resource).headers["ETag"]
        return self.ask(method, f"/shops/{shop}/{resource}", shop=shop, headers={"If-Match": version}, json=body)

    def settings(self, shop: str, body: Any, **words: Any) -> httpx.Response:
        return self.patch(shop, "amazon-settings", body, **words)

    def pay(self, shop: str, body: Any, **words: Any) -> httpx.Response:
        return self.patch(shop, "payment-methods/amazon-pay", body, **words)

    def storefront(self, shop: str, status: str, **words: Any) -> httpx.Response:
        return self.patch(shop, "storefront", {"status": status}, method="PUT", **words)

    def changes(self, shop: str) -> list[dict[str, Any]]:
        """The trail, oldest first."""
        return list(reversed(self.get(shop, "changes").json()["items"]))


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code, once it is certain that this is a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body = answer.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "errors"}
    assert body["status"] == answer.status_code
    assert all(set(error) == {"field", "code", "message"} for error in body["errors"])
    return answer.status_code, body["code"]


def fields(answer: httpx.Response) -> dict[str, str]:
    """By field: the code of what is wrong with it."""
    return {error["field"]: error["code"] for error in answer.json()["errors"]}
