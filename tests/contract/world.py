"""The data of the contract story: one shop per statement."""

from __future__ import annotations

from typing import Any

COMPLETE = {
    "sellerId": "A1CONTRACT0001",
    "clientId": "amzn1.application-oa2-client." + "0" * 32,
    "mwsAuthToken": {"state": "PRE_SET"},
    "notificationEmail": "amazon-pay@complete.example",
}
ENTITLED = {"commerceCreator": "RUNNING", "subscriptionApplications": True}

WORLD: dict[str, Any] = {
    "shops": [
        {"shopKey": "new-shop", "entitlements": ENTITLED},
        {"shopKey": "closed-shop", "storefront": "CLOSED", "entitlements": ENTITLED},
        {"shopKey": "live-shop", "amazonSettings": {"useAmazon": True, **COMPLETE}, "entitlements": ENTITLED},
        {"shopKey": "not-entitled", "entitlements": {"payOption": False}},
        {"shopKey": "plain-shop", "entitlements": {"commerceCreator": "DISABLED"}},
        {
            "shopKey": "strayed-shop",
            "amazonSettings": {"useAmazon": True, **COMPLETE, "sellerId": "A1CONTRACT0002"},
            "payment": {"use": False, "regular": False},
        },
    ]
}
