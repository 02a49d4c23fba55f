"""The shops of the tests of the conformance kit: for each clause one that allows its check."""

from __future__ import annotations

from typing import Any

TOKEN = "amzn.mws.01234567-89ab-cdef-0123-456789abcdef"
SECRET = "operator-secret"
COMPLETE: dict[str, Any] = {
    "sellerId": "A1CONFORMANCE1",
    "clientId": "amzn1.application-oa2-client." + "0" * 32,
    "mwsAuthToken": {"value": TOKEN},
    "notificationEmail": "amazon-pay@first.example",
}
LIVE = {**COMPLETE, "useAmazon": True, "sellerId": "A1LIVE0000001"}
ENTITLED = {"commerceCreator": "RUNNING", "subscriptionApplications": True}
TEXTS = [
    {"part": "ORDER_AREA", "label": "Amazon Pay", "message": "Order here"},
    {"part": "LOGIN_LINK_AREA", "label": "Login", "message": None},
]
NAMED = ("first-shop", "second-shop", "third-shop")
OTHERS = ("live-shop", "other-shop")

SEED: dict[str, Any] = {
    "shops": [
        {
            "shopKey": "first-shop",
            "storefront": "CLOSED",
            "amazonSettings": COMPLETE,
            "entitlements": ENTITLED,
            "parts": TEXTS,
        },
        {
            "shopKey": "second-shop",
            "storefront": "OPEN",
            "amazonSettings": {**COMPLETE, "mwsAuthToken": {"state": "PRE_SET"}, "sellerId": "A1CONFORMANCE2"},
            "entitlements": {"payOption": False, "commerceCreator": "DISABLED"},
        },
        {
            "shopKey": "third-shop",
            "storefront": "CLOSED",
            "amazonSettings": {**COMPLETE, "useAmazon": True, "sellerId": "A1CONFORMANCE3"},
            "entitlements": ENTITLED,
        },
        {
            "shopKey": "live-shop",
            "storefront": "OPEN",
            "amazonSettings": {**COMPLETE, "useAmazon": True, "sellerId": "A1LIVE0000001"},
        },
        {"shopKey": "other-shop", "storefront": "CLOSED"},
    ],
    "orders": [
        {
            "orderNo": f"10000002073{number}",
            "shopKey": "first-shop",
            "paymentStatus": status,
            "amazonOrderReferenceId": f"S03-1234567-123456{number}",
            **({"receiptDate": "2026-04-01T12:00:00"} if status == "RECEIVED" else {}),
        }
        for number, status in enumerate(("RECEIVED", "NOTRECEIVED", "RECEIVED"))
    ],
    "clients": [
        {"clientId": "operator", "secret": {"value": SECRET}},
        {"clientId": "first", "secret": {"value": "first-secret"}, "shopKey": "first-shop"},
    ],
}
