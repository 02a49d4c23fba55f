"""The bodies of a shop's resources, each with its version."""

from __future__ import annotations

from typing import Any

from tests.second_backend.amazon import complete
from tests.second_backend.state import PARTS, State, version

Resource = tuple[dict[str, Any], str]
ROUTES = {
    "amazon-settings": "amazonSettings",
    "payment-methods/amazon-pay": "amazonPay",
    "storefront": "storefront",
    "system-parts": "systemParts",
    "entitlements": "entitlements",
}
"""The resources of a shop by the end of their path."""


def resource(state: State, shop: dict[str, Any], part: str) -> Resource:
    held = shop[part]
    body = {"shopKey": shop["shopKey"]} | {
        name: value for name, value in held.items() if name not in {"revision", "parts", "wellFormed", "plain"}
    }
    if part == "amazonSettings" and state.breaks("token-readable") and held.get("plain"):
        body["mwsAuthToken"] = body["mwsAuthToken"] | {"value": held["plain"]}
    if part == "amazonPay" and not state.auto_link:
        body.pop("autoLink", None)
    if part == "systemParts":
        body["parts"] = [{"part": name, "name": shown} | held["parts"][name] for name, shown in PARTS.items()]
    return body, version(held["revision"], body)


def endpoint_list(state: State, seller: str | None, environment: str) -> Resource:
    if seller is None:
        return {"sellerId": None, "environment": environment, "endpoints": []}, "none"
    held = state.endpoints(seller, environment)
    body = {"sellerId": seller, "environment": environment, "endpoints": held["endpoints"]}
    return body, version(held["revision"], body)


def integration(state: State, shop: dict[str, Any], environment: str) -> Resource:
    """All of the shop, with a version over all of it."""
    body: dict[str, Any] = {"shopKey": shop["shopKey"], "updatedAt": shop["updatedAt"]}
    parts = {part: resource(state, shop, part) for part in ROUTES.values()}
    parts["ipnEndpoints"] = endpoint_list(state, shop["amazonSettings"]["sellerId"], environment)
    for part, (value, at) in parts.items():
        body[part] = {"version": at, "value": value}
    return body, version(0, body)


def refresh_derived(settings: dict[str, Any]) -> None:
    settings["buttonsVisible"] = settings["useAmazon"] and complete(settings) and bool(settings["notificationEmail"])
