"""Clients and their tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from tests.second_backend.messages import Caller, Reply
from tests.second_backend.problems import Refusal, wrong
from tests.second_backend.state import State


def add_client(state: State, client: str, secret: str, shop: str | None = None) -> None:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    state.journal.put("clients", client, {"digest": digest, "shop": shop})
    state.journal.commit()


def issue_token(state: State, headers: Mapping[str, str], body: bytes) -> Reply:
    """Raises Refusal. The token lives in memory: after a restart clients ask again."""
    client, secret = _basic(headers.get("Authorization", ""))
    held = state.journal.get("clients", client)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    if held is None or not hmac.compare_digest(held["digest"], digest):
        raise Refusal("INVALID_CLIENT", "the client or its secret is wrong")
    if parse_qs(body.decode("utf-8", "replace")).get("grant_type") != ["client_credentials"]:
        raise wrong("grant_type", "is not client_credentials")
    if held["shop"] not in {None, headers.get("X-SHOP-KEY")}:
        raise Refusal("SHOP_KEY_MISMATCH", "the client is not one of this shop")
    token = secrets.token_urlsafe(24)
    state.tokens[token] = (client, held["shop"])
    return Reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600})


def caller_of(state: State, headers: Mapping[str, str]) -> Caller:
    kind, _, token = headers.get("Authorization", "").partition(" ")
    held = state.tokens.get(token) if kind == "Bearer" else None
    if held is None:
        raise Refusal("INVALID_TOKEN", "the token is unknown or has expired")
    return Caller(*held)


def _basic(header: str) -> tuple[str, str]:
    kind, _, coded = header.partition(" ")
    try:
        client, colon, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        client, colon, secret = "", "", ""
    if kind != "Basic" or not colon:
        raise Refusal("INVALID_CLIENT", "the request has no client id and secret")
    return client, secret
