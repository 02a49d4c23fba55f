"""Resources as they are read: shapes, the integration, what every answer must not contain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from reconciler.conformance.answers import BackendAnswer, expect_status, expect_value
from reconciler.conformance.client import API, path_of_shop
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shapes import (
    ENDPOINTS_SHAPE,
    ENTITLEMENTS_SHAPE,
    PARTS_SHAPE,
    PAYMENT_SHAPE,
    SETTINGS_SHAPE,
    STOREFRONT_SHAPE,
    Fits,
    expect_shape,
    is_bool,
    is_stamp,
)
from reconciler.conformance.shop_state import (
    ENTITLEMENTS,
    PART_OF_INTEGRATION,
    PARTS,
    PAYMENT,
    ROUTES,
    SETTINGS,
    STOREFRONT,
)
from reconciler.core.diagnostics.messages import msg

_TOKEN: Final = re.compile(r"amzn\.mws\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SHAPES: Final[Mapping[str, tuple[str, Mapping[str, Fits]]]] = {
    "K111": (SETTINGS, SETTINGS_SHAPE),
    "K112": (PAYMENT, PAYMENT_SHAPE),
    "K113": (STOREFRONT, STOREFRONT_SHAPE),
    "K114": (PARTS, PARTS_SHAPE),
    "K115": (ENTITLEMENTS, ENTITLEMENTS_SHAPE),
}


async def _resource_shape(kit: Kit, route: str, shape: Mapping[str, Fits]) -> None:
    for state in kit.before:
        answer = expect_status(await kit.client.read(path_of_shop(state.shop, route), state.shop), 200)
        expect_shape(answer, shape, answer.body)
        expect_value(answer, "shopKey", state.shop, answer.body.get("shopKey"))
        if route == PAYMENT and "autoLink" in answer.body:
            expect_shape(answer, {"autoLink": is_bool}, answer.body)


for _id, (_route, _shape) in _SHAPES.items():
    checks_clause(_id)(partial(_resource_shape, route=_route, shape=_shape))


@checks_clause("K116")
async def _integration(kit: Kit) -> None:
    for state in kit.before:
        whole = await kit.integration(state.shop)
        expect_value(whole, "shopKey", state.shop, whole.body.get("shopKey"))
        expect_shape(whole, {"updatedAt": is_stamp}, whole.body)
        for route in ROUTES:
            single = expect_status(await kit.client.read(path_of_shop(state.shop, route), state.shop), 200)
            expect_part(whole, PART_OF_INTEGRATION[route], single)
        await _endpoints(kit, state.shop, whole)


async def _endpoints(kit: Kit, shop: str, whole: BackendAnswer) -> None:
    seller = (await kit.resource(shop, SETTINGS)).body.get("sellerId")
    if seller is None:
        part = whole.body.get("ipnEndpoints", {})
        expect_value(whole, "ipnEndpoints.version", "none", part.get("version"))
        expect_value(whole, "ipnEndpoints.value.endpoints", [], part.get("value", {}).get("endpoints"))
        return
    answer = await kit.client.read(f"{API}/seller-central/{seller}/ipn-endpoints?environment=PRODUCTION", shop)
    if answer.status == 200:
        expect_shape(answer, ENDPOINTS_SHAPE, answer.body)
        expect_part(whole, "ipnEndpoints", answer)


def expect_part(whole: BackendAnswer, name: str, single: BackendAnswer) -> None:
    """A part of an integration is what its own route returns."""
    part = whole.body.get(name)
    if not isinstance(part, dict):
        raise whole.broken(msg("the key `{name}`", name=name), msg("no such key"))
    expect_value(whole, f"{name}.value", single.body, part.get("value"))
    expect_value(whole, f"{name}.version", single.etag.strip('"'), part.get("version"))


@checks_clause("K117")
async def _reading_changes_nothing(kit: Kit) -> None:
    paths = [*(path_of_shop(kit.shop, route) for route in ROUTES), f"{path_of_shop(kit.shop, 'integration')}"]
    first = [await kit.client.read(path, kit.shop) for path in paths]
    for path, before in zip(paths, first, strict=True):
        again = await kit.client.read(path, kit.shop)
        expect_value(again, "ETag", before.etag, again.etag)


@checks_clause("K118")
async def _no_secret(kit: Kit) -> None:
    """Of all answers so far: it is checked last."""
    secrets = [kit.client.backend.client_secret.reveal(), *([] if kit.token is None else [kit.token.reveal()])]
    for answer in kit.client.answers:
        text = answer.text + "\n".join(answer.headers.values())
        if _TOKEN.search(text) or any(secret in text for secret in secrets):
            raise answer.broken(msg("no secret"), msg("a secret in the answer"))


@checks_clause("K119")
async def _each_key_once(kit: Kit) -> None:
    """Of all answers so far: it is checked last."""
    for answer in kit.client.answers:
        if answer.duplicate_key:
            raise answer.broken(msg("each key once"), msg("a key occurs twice"))
