"""What Amazon says about a seller's three values. Its formats are the only check; a few sellers and tokens may be revoked."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, Final

from tests.second_backend.problems import Refusal, field
from tests.second_backend.state import State, nonce

SELLER: Final = re.compile(r"A[A-Z0-9]{9,20}")
CLIENT: Final = re.compile(r"amzn1\.application-oa2-client\.[0-9a-f]{32}")
TOKEN: Final = re.compile(r"amzn\.mws\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def seal(token: str) -> dict[str, str]:
    salt = nonce()
    return {"state": "SET", "salt": salt.hex(), "digest": hmac.new(salt, token.encode(), hashlib.sha256).hexdigest()}


def complete(settings: dict[str, Any]) -> bool:
    return bool(settings["sellerId"] and settings["clientId"] and settings["mwsAuthToken"]["state"] != "UNSET")


def require_accepted(state: State, settings: dict[str, Any]) -> None:
    """Raises Refusal, which names the values that Amazon does not accept."""
    errors = []
    seller, client = settings["sellerId"], settings["clientId"]
    if SELLER.fullmatch(seller) is None:
        errors.append(field("sellerId", "INVALID", "Amazon knows no such seller"))
    elif state.journal.get("revoked", seller):
        errors.append(field("sellerId", "ACCESS_REVOKED", "the seller revoked the access"))
    if CLIENT.fullmatch(client) is None:
        errors.append(field("clientId", "INVALID", "Amazon knows no such client"))
    if not settings["wellFormed"]:
        errors.append(field("mwsAuthToken", "INVALID", "Amazon knows no such token"))
    if errors:
        raise Refusal("AMAZON_API_ERROR", "Amazon does not accept the values: check Seller Central", errors)
