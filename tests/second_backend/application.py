"""The aiohttp application: routes, who may ask, and answers as the contract writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from tests.second_backend import handle_bulk as bulk
from tests.second_backend import handle_orders as orders
from tests.second_backend import handle_sellers as sellers
from tests.second_backend import handle_shops as shops
from tests.second_backend.access import caller_of, issue_token
from tests.second_backend.faults import Fault, Faults
from tests.second_backend.messages import Ask, Reply, unchanged
from tests.second_backend.problems import Refusal
from tests.second_backend.state import State

Handler = Callable[[State, Ask], Reply]
_API: Final = "/admin-api/v1"
_SHOP: Final = f"{_API}/shops/{{shopKey}}"
_WRITABLE: Final = "{resource:amazon-settings|payment-methods/amazon-pay|system-parts}"
_READABLE: Final = "{resource:amazon-settings|payment-methods/amazon-pay|system-parts|storefront|entitlements}"
_SELLER: Final = f"{_API}/seller-central/{{sellerId}}/ipn-endpoints"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("GET", f"{_API}/capabilities", shops.get_capabilities),
    ("GET", f"{_SHOP}/integration", shops.get_integration),
    ("GET", f"{_SHOP}/changes", shops.get_changes),
    ("GET", f"{_SHOP}/{_READABLE}", shops.get_resource),
    ("PATCH", f"{_SHOP}/{_WRITABLE}", shops.write_resource),
    ("PUT", f"{_SHOP}/{{resource:storefront}}", shops.write_resource),
    ("GET", f"{_API}/integrations", shops.get_integrations),
    ("PATCH", f"{_API}/integrations", bulk.patch_integrations),
    ("GET", _SELLER, sellers.get_endpoints),
    ("POST", _SELLER, sellers.post_endpoint),
    ("DELETE", _SELLER, sellers.delete_endpoint),
    ("GET", f"{_API}/orders", orders.get_orders),
    ("POST", f"{_API}/orders/{{orderNo}}/payment", orders.post_payment),
    ("GET", "/amazon-pay/v2/charges", orders.get_charges),
    ("GET", "/amazon-pay/v2/{kind:charges|refunds|disputes|chargePermissions}/{id}", orders.get_object),
)


Asked = tuple[str, str]
"""A method, and the path with its query."""


def make_application(state: State, planted: Faults, asked: list[Asked]) -> web.Application:
    """`asked` gets each request."""

    @web.middleware
    async def whole(request: web.Request, handler: Any) -> web.StreamResponse:
        asked.append((request.method, request.path_qs))
        fault = planted.take(request.method, request.path)
        early = _before(request, fault)
        if early is not None:
            return early
        try:
            reply = await handler(request)
        except Refusal as refusal:
            reply = refused(state, refusal)
        except web.HTTPException as error:
            code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "BODY_TOO_LARGE"}.get(error.status)
            if code is None:
                raise
            reply = refused(state, Refusal(code, error.reason or code))
        return _after(request, reply, fault)

    application = web.Application(middlewares=[whole], client_max_size=1024 * 1024)
    application.router.add_post("/oauth/token", _token_route(state))
    for method, path, handler in ROUTES:
        application.router.add_route(method, path, _route(state, handler))
    return application


def refused(state: State, refusal: Refusal) -> web.Response:
    document = refusal.document
    if state.breaks("errors-unnamed"):
        document["errors"] = []
    if state.breaks("code-changed") and refusal.code == "SHOP_OPEN":
        document["code"] = "LOCKED"
    return web.Response(
        status=refusal.status, body=json.dumps(document).encode(), content_type="application/problem+json"
    )


def _route(state: State, handler: Handler) -> Any:
    async def answer(request: web.Request) -> web.Response:
        body = await request.read()
        ask = Ask(
            caller_of(state, request.headers),
            dict(request.match_info),
            dict(request.query),
            request.headers,
            body,
            f"{request.scheme}://{request.host}",
            request.path,
        )
        with state.lock:
            try:
                reply = handler(state, ask)
                state.journal.commit()
            finally:
                state.journal.discard()
        return _written(state, request, reply)

    return answer


def _token_route(state: State) -> Any:
    async def answer(request: web.Request) -> web.Response:
        return _written(state, request, issue_token(state, request.headers, await request.read()))

    return answer


def _written(state: State, request: web.Request, reply: Reply) -> web.Response:
    headers = dict(reply.headers)
    if reply.version is not None:
        headers["ETag"] = f'"{reply.version}"'
        known = request.headers.get("If-None-Match")
        if request.method == "GET" and unchanged(known, reply.version) and not state.breaks("never-304"):
            return web.Response(status=304, headers=headers)
    text = json.dumps(reply.body, ensure_ascii=False)
    return web.Response(status=reply.status, text=text, content_type="application/json", headers=headers)


def _before(request: web.Request, fault: Fault | None) -> web.Response | None:
    """What the fault answers instead of the handler."""
    match fault.kind if fault is not None else None:
        case "CUT_BEFORE":
            return _cut(request)
        case "UNAVAILABLE":
            return web.Response(status=503, text="upstream is unavailable")
        case "TOO_MANY_REQUESTS" | "INTERNAL_ERROR" | "MAINTENANCE" as code:
            refusal = Refusal(code, "planted")
            headers = {"Retry-After": str(fault.retry_after)} if fault is not None and refusal.status == 429 else {}
            return web.Response(
                status=refusal.status,
                body=json.dumps(refusal.document).encode(),
                content_type="application/problem+json",
                headers=headers,
            )
    return None


def _after(request: web.Request, reply: web.Response, fault: Fault | None) -> web.Response:
    match fault.kind if fault is not None else None:
        case "CUT_AFTER":
            return _cut(request)
        case "PARTIAL_JSON":
            whole = reply.body if isinstance(reply.body, bytes) else b""
            return web.Response(status=reply.status, body=whole[: len(whole) // 2], content_type=reply.content_type)
    return reply


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
