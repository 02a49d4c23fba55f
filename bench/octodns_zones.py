"""A shop as a zone: one TXT record for each field that a manifest of `bench.fleet` declares. Uses only the standard library.

Both sides of `bench.octodns_comparison` use it, one of them in an environment that holds octoDNS and nothing of the tool.
"""

from __future__ import annotations

import base64
from typing import Any

API = "/admin-api/v1"
PAGE = 500
SUFFIX = ".bench."


def zone_name(shop: str) -> str:
    return shop + SUFFIX


def records(answer: dict[str, Any]) -> dict[str, str]:
    """Of a shop's `integration` answer; by the record's name, sorted."""
    settings, payment = answer["amazonSettings"]["value"], answer["amazonPay"]["value"]
    texts = {
        f"{part['part']}-{word}".lower().replace("_", "-"): _ascii(part[word])
        for part in answer["systemParts"]["value"]["parts"]
        for word in ("label", "message")
        if part[word] is not None
    }
    found = texts | {
        "enabled": str(settings["useAmazon"]),
        "seller-id": settings["sellerId"],
        "client-id": settings["clientId"],
        "mws-auth-token": settings["mwsAuthToken"]["state"],
        "notification-email": settings["notificationEmail"],
        "pre-order": str(payment["preOrder"]),
        "subscription": str(payment["subscription"]),
        "ipn-endpoint": answer["ipnEndpoints"]["value"]["endpoints"][0]["url"],
        "storefront": answer["storefront"]["value"]["status"],
    }
    return dict(sorted(found.items()))


def _ascii(text: str) -> str:
    """What a TXT record may hold. Base64 is the shortest that costs nothing to make."""
    return base64.b64encode(text.encode()).decode()
