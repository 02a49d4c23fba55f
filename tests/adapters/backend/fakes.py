"""Named fakes and made-up values of the backend tests."""

import traceback
from datetime import UTC, datetime, timedelta
from typing import Any

from anyio.lowlevel import checkpoint

from reconciler.adapters.backend import BackendConfig
from reconciler.core.model.state import Observed
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import WriteRequest
from tests.support.auto_clock import elapsed

SHOP = ShopKey("kyoto-tea")
SELLER = "A1EXAMPLE234567"
SITE_URL = "https://kyoto-tea.example/amazon/ipn"
CLIENT_SECRET = "client-secret-that-nobody-may-see"
ACCESS_TOKEN = "access-token-that-nobody-may-see"
MWS_TOKEN = "amzn.mws.00000000-1111-2222-3333-444444444444"
SECRETS = (CLIENT_SECRET, ACCESS_TOKEN, MWS_TOKEN)


class FakeClock:
    """Sleeping moves the time and returns at once. `slept` remembers each pause."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return elapsed(self.time)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)
        await checkpoint()


def config(base_url: str, **settings: Any) -> BackendConfig:
    return BackendConfig(
        base_url=base_url,
        client_id="operator",
        client_secret=Secret(CLIENT_SECRET, SecretRef("ref+env://CLIENT_SECRET")),
        **{"read_timeout": 5.0, "connect_timeout": 5.0, **settings},
    )


def secret(value: str = MWS_TOKEN) -> Secret:
    return Secret(value, SecretRef("ref+env://TOKEN"))


def values(shop: str = SHOP, environment: str = "PRODUCTION") -> dict[str, Any]:
    """The parts of a shop that is set up, as the contract writes them."""
    return {
        "amazonSettings": {
            "shopKey": shop,
            "useAmazon": True,
            "sellerId": SELLER,
            "clientId": "amzn1.application-oa2-client." + "0" * 32,
            "mwsAuthToken": {"state": "SET", "salt": "00ff", "digest": "ab" * 32},
            "notificationEmail": "pay@kyoto-tea.example",
            "merchantSiteUrl": SITE_URL,
            "buttonsVisible": True,
            "apiStatus": "VALID",
        },
        "amazonPay": {
            "shopKey": shop,
            "use": True,
            "regular": True,
            "preOrder": False,
            "subscription": False,
            "autoLink": True,
        },
        "storefront": {"shopKey": shop, "status": "OPEN"},
        "systemParts": {
            "shopKey": shop,
            "output": True,
            "parts": [
                {"part": "ORDER_AREA", "name": "ご注文手続きエリア(Amazon)", "label": None, "message": "ようこそ"},
                {"part": "LOGIN_LINK_AREA", "name": "ログイン連携エリア", "label": "x", "message": None},
            ],
        },
        "entitlements": {
            "shopKey": shop,
            "payOption": True,
            "amazonContract": True,
            "commerceCreator": "RUNNING",
            "subscriptionApplications": False,
        },
        "ipnEndpoints": {
            "sellerId": SELLER,
            "environment": environment,
            "endpoints": [
                {"url": "https://other.example/ipn", "createdAt": "2026-01-01T00:00:00"},
                {"url": SITE_URL, "createdAt": "2026-01-01T00:00:00"},
            ],
        },
    }


def integration(shop: str = SHOP, **changed: Any) -> dict[str, Any]:
    """The whole answer; a dotted path such as `amazonSettings__apiStatus` changes one value of a part."""
    parts = values(shop)
    for path, value in changed.items():
        part, _, field = path.partition("__")
        parts[part] = {**parts[part], field: value}
    body = {name: {"version": f"v-{name}", "value": value} for name, value in parts.items()}
    return {"shopKey": shop, "updatedAt": "2026-01-01T00:00:00", **body}


def page(*shops: str, next_url: str | None = None) -> dict[str, Any]:
    return {"items": [integration(shop) for shop in shops], "nextUrl": next_url}


def fleet(count: int) -> list[ShopKey]:
    return [ShopKey(f"shop-{number:03}") for number in range(count)]


def write(kind: str = "amazon_settings", version: str = "v1", **fields: Any) -> WriteRequest:
    return WriteRequest(shop=SHOP, kind=kind, values=fields or {"enabled": True}, version=version, key="run-1-step-1")


async def collected(observations: Any) -> dict[str, Observed]:
    return {observed.shop: observed async for observed in observations}


def printed(error: BaseException) -> str:
    """All that Python can be made to print of an error, chain included."""
    chain = []
    link: BaseException | None = error
    while link is not None:
        chain.append(repr(link) + str(link) + repr(vars(link)))
        link = link.__cause__ or link.__context__
    return "".join(chain) + "".join(traceback.format_exception(error))
