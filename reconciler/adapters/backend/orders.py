"""The payment of orders at the backend: `HttpOrders`.

In: a shop and an Amazon order reference, or an order that was read. Out: orders, or one of the errors of `ports`. A
response about another shop, another reference or without a version is not accepted.

Marking an order 入金済み is a compare-and-set: if a response is lost, the order is read again, and only its present state counts.
It is written again only under the version that was read, so a lost response pays nothing twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.interpret import VERSION, unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest, ApiResponse
from reconciler.adapters.backend.pagination import next_query
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.money import amount, currency
from reconciler.adapters.backend.wire.times import to_wire
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey
from reconciler.ports import BackendError, Conflict
from reconciler.ports.payments import Order

_LIMIT: Final = 100
_MAX_PAGES: Final = 10_000
_ROUTE: Final = f"{API}/orders"

T = TypeVar("T")


class HttpOrders:
    """Implements ports.orders.Orders over a client that the caller opens and closes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def find(self, shop: ShopKey, reference: str) -> Sequence[Order]:
        return [order async for order in self._listed(shop, {"amazonOrderReferenceId": reference}, reference)]

    async def awaiting_payment(self, shop: ShopKey) -> AsyncIterator[Order]:
        async for order in self._listed(shop, {"paymentStatus": "NOTRECEIVED"}, None):
            if order.reference is not None and not order.paid:
                yield order

    async def by_number(self, shop: ShopKey, number: str) -> Order | None:
        """One order by its number, for which the contract has no route: all of the shop's are looked through."""
        async for order in self._listed(shop, {}, None):
            if order.number == number:
                return order
        return None

    async def mark_paid(self, order: Order, received: datetime, key: str) -> bool:
        call = _payment(order, received, key)
        try:
            return await self._paid(call, order)
        except BackendError as error:
            if error.happened is not None:
                raise
            return await self._look_after(order, call, error)

    async def _paid(self, call: ApiRequest, order: Order) -> bool:
        reply = await self._client.send(call)
        fault, changed = _understood(lambda: _changed(reply, order))
        if fault is not None:
            raise unexpected(call, fault, request_id=reply.request_id)
        return bool(changed)

    async def _look_after(self, order: Order, call: ApiRequest, error: BackendError) -> bool:
        """The result of a write without a response. Raises the first error if that is unknown, or if it did not happen."""
        assert order.reference is not None
        now = next((each for each in await self.find(order.shop, order.reference) if each.number == order.number), None)
        if now is None:
            raise error
        if now.paid:
            return True  # by us, or by another client first: it is 入金済み either way
        if now.version != order.version:
            text = msg("{request}: the order changed after it was read", request=call.name)
            raise Conflict(text, request=call.name) from error
        raise error

    async def _listed(self, shop: ShopKey, query: Mapping[str, str], reference: str | None) -> AsyncIterator[Order]:
        route = ApiRequest(method="GET", path=_ROUTE, shop=shop)
        ask: str | None = urlencode({**query, "limit": _LIMIT})
        asked: set[str] = set()
        while ask is not None:
            if ask in asked or len(asked) >= _MAX_PAGES:
                raise unexpected(route, msg("the pages do not end: nextUrl repeats or never ends"))
            asked.add(ask)
            reply = await self._client.get(_ROUTE, query=ask, shop=shop)
            for order in _page(route, reply, shop, reference):
                yield order
            ask = next_query(reply, self._client.config, route)


def _payment(order: Order, received: datetime, key: str) -> ApiRequest:
    """`receiptDate` is Japan's time without a zone, as all times of the platform."""
    return ApiRequest(
        method="POST",
        path=f"{_ROUTE}/{quote(order.number, safe='')}/payment",
        shop=order.shop,
        body={"paymentStatus": "RECEIVED", "receiptDate": to_wire(received)},
        version=order.version,
        key=key,
    )


def _page(route: ApiRequest, reply: ApiResponse, shop: ShopKey, reference: str | None) -> Sequence[Order]:
    fault, orders = _understood(
        lambda: [_order(item, shop) for item in JsonObjectReader(reply.json, "").items("items")]
    )
    if orders is None:
        raise unexpected(route, fault or msg("the page has no list of items"), request_id=reply.request_id)
    if reference is not None and any(order.reference != reference for order in orders):
        raise unexpected(route, msg("the page contains an order of another reference"), request_id=reply.request_id)
    return orders


def _order(fields: JsonObjectReader, shop: ShopKey) -> Order:
    if fields.text("shopKey") != shop:
        raise WireDecodeError(msg("{place} is for another shop", place=fields.place or "shopKey"))
    reference = fields.text_or_absent("amazonOrderReferenceId")
    version = fields.text("version")
    if not VERSION.fullmatch(version):
        raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name="version"))
    return Order(
        shop=shop,
        number=fields.text("orderNo"),
        reference=reference if isinstance(reference, str) else None,
        status=fields.text("status"),
        paid=_received(fields),
        total=amount(fields, "totalAmount"),
        currency=currency(fields, "currency"),
        version=version,
    )


def _received(fields: JsonObjectReader) -> bool:
    word = fields.text("paymentStatus")
    if word not in {"RECEIVED", "NOTRECEIVED"}:
        raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name="paymentStatus"))
    return word == "RECEIVED"


def _changed(reply: ApiResponse, order: Order) -> bool:
    fields = JsonObjectReader(reply.json, "")
    now = _order(fields, order.shop)
    if now.number != order.number or not now.paid:
        raise WireDecodeError(msg("the answer does not confirm that {order} is paid", order=order.number))
    return fields.flag("changed")


def _understood(read: Callable[[], T]) -> tuple[Message | None, T | None]:
    """Either what was wrong or what was read, so that no error carries another's payload along as its cause."""
    try:
        return None, read()
    except WireDecodeError as fault:
        return fault.text, None
