"""The endpoint lists of sellers."""

from __future__ import annotations

import re
from typing import Final

from tests.second_backend.bodies import endpoint_list
from tests.second_backend.handle_shops import allowed_shop, keep_fence, require_fence, require_terms
from tests.second_backend.messages import Ask, Reply, Terms
from tests.second_backend.problems import Refusal, wrong
from tests.second_backend.repeated import once
from tests.second_backend.shapes import read_json, require_shape
from tests.second_backend.state import State, now

_SELLER: Final = re.compile(r"[A-Za-z0-9]{1,64}")


def get_endpoints(state: State, ask: Ask) -> Reply:
    body, at = endpoint_list(state, _seller(state, ask), ask.environment)
    return Reply(200, body, at)


def post_endpoint(state: State, ask: Ask) -> Reply:
    seller, environment = _seller(state, ask), ask.environment
    url = require_shape("IpnEndpointPost", read_json(ask.body))["url"]
    terms = Terms.of(ask)

    def register() -> Reply:
        held = _checked(state, ask, seller, environment, terms)
        known = url in [each["url"] for each in held]
        if not known:
            _store(state, ask, seller, environment, [*held, {"url": url, "createdAt": now()}])
        body, at = endpoint_list(state, seller, environment)
        return Reply(200 if known else 201, body, at)

    return once(state, ask, terms, register)


def delete_endpoint(state: State, ask: Ask) -> Reply:
    seller, environment, url = _seller(state, ask), ask.environment, ask.query.get("url")
    if url is None:
        raise wrong("url", "is missing", "MISSING")
    held = _checked(state, ask, seller, environment, Terms.of(ask))
    left = [each for each in held if each["url"] != url]
    if len(left) == len(held):
        if not state.breaks("delete-any"):
            raise Refusal("NOT_FOUND", "the seller has no such endpoint")
    else:
        _store(state, ask, seller, environment, left)
    body, at = endpoint_list(state, seller, environment)
    return Reply(200, body, at)


def _seller(state: State, ask: Ask) -> str:
    """The seller of the path. A client of one shop may not name one that only other shops have."""
    seller = ask.path["sellerId"]
    if _SELLER.fullmatch(seller) is None:
        raise wrong("sellerId", "is not 1 to 64 letters and digits")
    named = ask.headers.get("X-SHOP-KEY", ask.caller.shop)
    if named is not None:
        allowed_shop(state, ask.caller, named)
        having = {shop["shopKey"] for shop in state.shops() if shop["amazonSettings"]["sellerId"] == seller}
        if ask.caller.shop is not None and having and ask.caller.shop not in having:
            raise Refusal("SHOP_KEY_MISMATCH", "the seller is that of other shops")
    return seller


def _checked(state: State, ask: Ask, seller: str, environment: str, terms: Terms) -> list[dict[str, str]]:
    """The list, if the write may take place."""
    shop = ask.headers.get("X-SHOP-KEY")
    if shop is not None:
        require_fence(state, shop, terms)
    require_terms(state, terms, endpoint_list(state, seller, environment)[1])
    if shop is not None:
        keep_fence(state, shop, terms)
    return [dict(each) for each in state.endpoints(seller, environment)["endpoints"]]


def _store(state: State, ask: Ask, seller: str, environment: str, urls: list[dict[str, str]]) -> None:
    state.put_endpoints(seller, environment, urls, Terms.of(ask).actor)
