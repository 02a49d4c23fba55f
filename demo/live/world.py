"""The world of the demo: the shops of `make run`, with goods, people, orders and payments, so that each page shows something.

In: how the site URL of a shop is made, and where its pages are. Out: a seed (docs/embedded.md). It holds no password: all are the
variable DEMO_PASSWORD.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from demo.environment import ROOT

Row = dict[str, Any]

PASSWORD = {"env": "DEMO_PASSWORD"}
JAPAN = timezone(timedelta(hours=9))
HARU = {"name": "鈴木 はる", "email": "haru@mail.example"}
SAKURA = {"name": "佐藤 さくら", "email": "sakura@mail.example"}
AT_HARU = [
    ["630-8213", "奈良県奈良市登大路町1-2-3", HARU["name"]],
    ["100-0001", "東京都千代田区千代田1-1", f"{HARU['name']}（勤務先）"],
]
AT_SAKURA = [["650-0021", "兵庫県神戸市中央区三宮町1-1-1", SAKURA["name"]]]
REASONS = {"Declined": "TransactionTimedOut", "Canceled": "MerchantCanceled"}
BRUSHES_SELLER = "A1NARABRUSH3K"
BRUSHES, COFFEE, LEMONS, NOODLES = "nara-brushes", "kobe-coffee", "hiroshima-lemons", "hakata-noodles"
GOODS = [
    (shop, kind, {"productId": number, "name": name, "price": price})
    for shop, number, name, price, kind in (
        (BRUSHES, "fude-01", "奈良筆 小筆", 1800, "REGULAR"),
        (BRUSHES, "fude-02", "奈良筆 大筆", 4200, "REGULAR"),
        (BRUSHES, "fude-03", "書道セット 春の新作", 9800, "PREORDER"),
        (COFFEE, "mame-01", "神戸ブレンド 200g", 1350, "REGULAR"),
        (COFFEE, "mame-02", "神戸ブレンド 定期便", 2400, "SUBSCRIPTION"),
        (COFFEE, "mame-03", "世界の珈琲 頒布会", 3200, "HANPUKAI"),
        (LEMONS, "lemon-01", "瀬戸内レモン 1kg", 1200, "REGULAR"),
        (LEMONS, "lemon-02", "初摘みレモン 2kg", 2600, "PREORDER"),
        (NOODLES, "men-01", "博多ラーメン 5食", 1500, "REGULAR"),
    )
]


def demo_world(site_url: str, origin: str) -> Row:
    """`origin`: where the shops' pages are, without a slash at the end."""
    world: Row = json.loads((ROOT / "demo" / "world.json").read_text(encoding="utf-8"))
    return world | {
        "ipnEndpoints": [_registered(each, site_url) for each in world["ipnEndpoints"]],
        **_people(),
        "products": _products(),
        "javascriptOrigins": [{"sellerId": BRUSHES_SELLER, "origin": origin}],
        **_payments(),
    }


def _registered(endpoint: Row, site_url: str) -> Row:
    """At the practice Seller Central's test environment, and with the sidecar's address where it is a shop's own."""
    shop = endpoint["url"].rpartition("/")[2]
    own = endpoint["url"] == f"https://ipn.platform.example/amazon-pay/{shop}"
    url = site_url.format(shop_key=shop) if own else endpoint["url"]
    return endpoint | {"environment": "SANDBOX", "url": url}


def _people() -> Row:
    merchants = [
        {"account": "hanako", "shopKey": shop, "name": "花子", "password": PASSWORD}
        for shop in (BRUSHES, COFFEE, LEMONS, NOODLES)
    ]
    return {
        "users": [*merchants, {"account": "operator", "name": "運用担当", "password": PASSWORD}],
        "members": [
            {"shopKey": shop, "loginId": "sakura", "password": PASSWORD, **SAKURA} for shop in (BRUSHES, COFFEE)
        ],
        "amazonBuyers": [
            buyer | {"password": PASSWORD, "addresses": addresses}
            for buyer, addresses in ((HARU, AT_HARU), (SAKURA, AT_SAKURA))
        ],
    }


def _products() -> list[Row]:
    return [{"shopKey": shop, "saleType": kind, **goods} for shop, kind, goods in GOODS]


def _payments() -> Row:
    """Of one shop one order in each state that a page shows in its own way, of others one of each sale type."""
    paid = {"paymentStatus": "RECEIVED"}
    made = [
        _order(BRUSHES, 1, 25, "4200", **_holds(HARU, "fude-02")),
        _order(BRUSHES, 2, 12, "5400", "Captured", **paid, **_holds(SAKURA, "fude-01", 3)),
        _order(BRUSHES, 3, 9, "4200", "Captured", **paid, status="REFUNDED", **_holds(SAKURA, "fude-02")),
        _order(BRUSHES, 4, 4, "1800", "Canceled", status="CANCELLED", **_holds(HARU, "fude-01")),
        _order(BRUSHES, 5, 2, "8400", "Declined", **_holds(HARU, "fude-02", 2)),
        _order(BRUSHES, 6, 1, "1800", **_holds(SAKURA, "fude-01")),
        _order(BRUSHES, 7, 0, "4200", "AuthorizationInitiated", status="ON_HOLD"),
        _order(COFFEE, 11, 3, "1350", "Captured", **paid, status="COMPLETED", **_holds(SAKURA, "mame-01")),
        _order(COFFEE, 12, 6, "2400", type="SUBSCRIPTION", **_holds(HARU, "mame-02")),
        _order(LEMONS, 21, 5, "2600", type="PREORDER", status="PREORDER", **_holds(HARU, "lemon-02")),
    ]
    return {
        "orders": [order for order, _ in made],
        "charges": [charge for _, charge in made],
        "refunds": [_of_charge(BRUSHES, 3, "refundId", "R") | {"amount": "4200"}],
        "disputes": [_of_charge(BRUSHES, 2, "disputeId", "B") | {"amount": "5400"}],
    }


def _order(shop: str, number: int, days: int, amount: str, state: str = "Authorized", **more: Any) -> tuple[Row, Row]:
    """An order made so many days ago, and its charge in that state; `more` are further keys of the order."""
    at = _days_ago(days)
    order = {
        "orderNo": _number(number),
        "shopKey": shop,
        "amazonOrderReferenceId": _reference(number),
        "totalAmount": amount,
        "orderedAt": at,
    }
    charge = {
        "chargeId": f"{_reference(number)}-C000001",
        "shopKey": shop,
        "chargePermissionId": _reference(number),
        "state": state,
        "reasonCode": REASONS.get(state),
        "chargeAmount": amount,
        "merchantReferenceId": _number(number),
        "createdAt": at,
    }
    return order | ({"receiptDate": at} if "paymentStatus" in more else {}) | more, charge


def _holds(buyer: dict[str, str], product: str, quantity: int = 1) -> Row:
    """What an order holds: its goods, who ordered, and where it is sent."""
    [goods] = [goods for _, _, goods in GOODS if goods["productId"] == product]
    address = (AT_HARU if buyer is HARU else AT_SAKURA)[0]
    return {"items": [goods | {"quantity": quantity}], "buyer": buyer, "address": address}


def _of_charge(shop: str, number: int, name: str, letter: str) -> Row:
    reference = _reference(number)
    return {"shopKey": shop, name: f"{reference}-{letter}000001", "chargeId": f"{reference}-C000001"}


def _number(number: int) -> str:
    return f"1000000000{number:02}"


def _reference(number: int) -> str:
    """Of Amazon's test environment."""
    return f"S03-00000{number:02}-00000{number:02}"


def _days_ago(days: int) -> str:
    """As the platform writes times."""
    return (datetime.now(UTC) - timedelta(days=days)).astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M:%S")
