"""The routes of a shop, and the bulk reading of all shops."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from tests.second_backend.bodies import ROUTES, Resource, integration, resource
from tests.second_backend.messages import Ask, Caller, Reply, Terms, require_version
from tests.second_backend.problems import Refusal, wrong
from tests.second_backend.shapes import read_json, require_shape
from tests.second_backend.shop_writes import WRITES
from tests.second_backend.state import State, version

_TIME: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d")


def named_shop(state: State, ask: Ask) -> dict[str, Any]:
    """The shop of the path, which the header X-SHOP-KEY must name too. Raises Refusal."""
    key = ask.path["shopKey"]
    if ask.headers.get("X-SHOP-KEY") != key and not state.breaks("other-shop-readable"):
        raise Refusal("SHOP_KEY_MISMATCH", "X-SHOP-KEY names another shop")
    return allowed_shop(state, ask.caller, key)


def allowed_shop(state: State, caller: Caller, key: str) -> dict[str, Any]:
    if caller.shop not in {None, key} and not state.breaks("other-shop-readable"):
        raise Refusal("SHOP_KEY_MISMATCH", "the client is one of another shop")
    shop = state.shop(key)
    if shop is None:
        raise Refusal("SHOP_NOT_FOUND", "there is no such shop")
    return shop


def get_resource(state: State, ask: Ask) -> Reply:
    shop = named_shop(state, ask)
    body, at = resource(state, shop, ROUTES[ask.path["resource"]])
    if ask.path["resource"] == "entitlements" and state.breaks("no-etag"):
        return Reply(200, body)
    return Reply(200, body, at)


def write_resource(state: State, ask: Ask) -> Reply:
    shop = named_shop(state, ask)
    part = ROUTES[ask.path["resource"]]
    value = read_write(state, part, read_json(ask.body))
    body, at = write_part(state, shop, part, value, Terms.of(ask))
    return Reply(200, body, at)


def read_write(state: State, part: str, value: Any) -> dict[str, Any]:
    schema = WRITES[part][1]
    given = value
    if isinstance(value, dict):
        known = {"useAmazon", "sellerId", "clientId", "mwsAuthToken", "notificationEmail", "status", "parts"}
        known |= {"preOrder", "subscription", "autoLink"}
        derived = {"merchantSiteUrl", "buttonsVisible", "apiStatus", "use", "regular", "output"}
        if state.breaks("unknown-key-ignored"):
            value = {key: each for key, each in value.items() if key in known | derived}
        if state.breaks("derived-ignored"):
            value = {key: each for key, each in value.items() if key not in derived}
        if state.breaks("null-accepted"):
            value = {key: each for key, each in value.items() if each is not None}
        if given and not value:
            return {}
    if part == "amazonPay" and not state.auto_link and isinstance(value, dict) and "autoLink" in value:
        raise wrong("autoLink", "is not offered", "UNKNOWN_KEY")
    return require_shape(schema, value)


def write_part(state: State, shop: dict[str, Any], part: str, value: dict[str, Any], terms: Terms) -> Resource:
    """Writes under the terms, or raises Refusal and writes nothing."""
    if not state.breaks("fence-after-version"):
        require_fence(state, shop["shopKey"], terms)
    stale: Refusal | None = None
    try:
        require_terms(state, terms, resource(state, shop, part)[1])
    except Refusal as refusal:
        if refusal.code != "PRECONDITION_FAILED" or not state.breaks("stale-written"):
            raise
        stale = refusal
    require_fence(state, shop["shopKey"], terms)
    causes = WRITES[part][2](state, shop, value) if value else {}
    forced = "storefront" if part == "storefront" and not state.breaks("same-version") else None
    state.put_shop(shop, terms.actor, causes, forced=forced)
    keep_fence(state, shop["shopKey"], terms)
    if stale is not None:
        state.journal.commit()
        raise stale
    return resource(state, shop, part)


def require_terms(state: State, terms: Terms, at: str) -> None:
    if terms.if_match is None and state.breaks("if-match-optional"):
        return
    if terms.if_match is not None and state.breaks("stale-accepted"):
        return
    require_version(terms.if_match, at)


def require_fence(state: State, shop: str, terms: Terms) -> None:
    if terms.fence is None or "fence" not in state.offers or state.breaks("fence-ignored"):
        return
    issuer, number = terms.fence
    if number < int(state.journal.get("fences", f"{shop} {issuer}") or 0):
        raise Refusal("FENCE_OUTDATED", "a later lease of the shop has written")


def keep_fence(state: State, shop: str, terms: Terms) -> None:
    if terms.fence is None or "fence" not in state.offers:
        return
    issuer, number = terms.fence
    state.journal.put("fences", f"{shop} {issuer}", number)


def get_integration(state: State, ask: Ask) -> Reply:
    body, at = integration(state, named_shop(state, ask), ask.environment)
    return Reply(200, body, at)


def get_integrations(state: State, ask: Ask) -> Reply:
    require_operator(ask.caller)
    limit, after, environment = ask.number("limit", 100), ask.after, ask.environment
    since, keys = ask.query.get("updatedSince"), ask.query.get("shopKeys")
    if since is not None and _TIME.fullmatch(since) is None:
        raise wrong("updatedSince", "is not YYYY-MM-DDThh:mm:ss")
    named = _named(state, keys)
    later = (lambda at: at > since) if state.breaks("since-after") else (lambda at: at >= since)
    found = [
        shop
        for shop in state.shops()
        if shop["shopKey"] > after
        and (since is None or later(shop["updatedAt"]))
        and (named is None or shop["shopKey"] in named)
    ]
    if after and state.breaks("page-skips"):
        found = found[1:]
    page = [integration(state, shop, environment)[0] for shop in found[:limit]]
    following = None
    if len(found) > limit:
        last = page[-1]["shopKey"]
        following = last[:-1] if state.breaks("page-repeats") and limit > 1 else last
    reply = paged(state, ask, page, following)
    if state.breaks("page-version"):
        return Reply(200, reply.body, version(0, {"shops": [shop["shopKey"] for shop in page]}))
    return reply


def _named(state: State, keys: str | None) -> set[str] | None:
    """The shops that the client names; a backend without bulk reads does not know that parameter."""
    if keys is None or "bulk-read" not in state.offers:
        return None
    named = keys.split(",")
    if not all(named) or len(named) > 500:
        raise wrong("shopKeys", "is not 1 to 500 shop keys with commas between them")
    return set(named)


def require_operator(caller: Caller) -> None:
    if caller.shop is not None:
        raise Refusal("SHOP_KEY_MISMATCH", "only an operator client reads all shops")


def paged(state: State, ask: Ask, items: Sequence[Any], following: str | None) -> Reply:
    """A page, with the address of the next one: as this one, but for the cursor."""
    after = None
    if following is not None:
        words = {name: value for name, value in ask.query.items() if name != "cursor"} | {
            "cursor": following.encode().hex()
        }
        origin = "" if state.breaks("relative-next") else ask.origin
        after = f"{origin}{quote(ask.route)}?{urlencode(words)}"
    body = {"items": list(items), "nextUrl": after}
    return Reply(200, body, version(0, body))


def get_changes(state: State, ask: Ask) -> Reply:
    """The trail, newest first. The cursor is the number of the last change seen."""
    shop = named_shop(state, ask)["shopKey"]
    if "changes" not in state.offers:
        raise Refusal("NOT_FOUND", "this backend keeps no trail")
    limit, after = ask.number("limit", 100), ask.after
    if after and not after.isdecimal():
        raise wrong("cursor", "is none of this list")
    entries = [row["entry"] for _, row in state.journal.items("changes") if row["shop"] == shop]
    entries = [each for each in entries if not after or each["changeId"] < int(after)]
    if not state.breaks("trail-oldest-first"):
        entries.reverse()
    page = entries[:limit]
    return paged(state, ask, page, str(page[-1]["changeId"]) if len(entries) > limit else None)


def get_capabilities(state: State, ask: Ask) -> Reply:
    if not state.offers:
        raise Refusal("NOT_FOUND", "this backend has no such route")
    body = {"capabilities": sorted(state.offers)}
    return Reply(200, body, version(0, body))
