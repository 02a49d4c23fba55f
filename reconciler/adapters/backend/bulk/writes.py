"""Writes of several shops in one request, each answered as its own route would answer it.

In: single writes, as requests. Out: for each its answer, its error, or `ALONE`: then it is sent by its own route. That is so for
what the bulk route does not take, for a request that was refused as a whole, and for an item that asks to be sent again later:
the single route knows how to wait and repeat. An answer that is lost, or does not fit the items, leaves each of them unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from reconciler.adapters.backend.bulk.capabilities import BULK_WRITE, BackendCapabilities
from reconciler.adapters.backend.bulk.gathering import ALONE, Alone, Gatherer
from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.interpret import copy_error, unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest, ApiResponse, RawResponse
from reconciler.adapters.backend.http.problems import MEDIA_TYPE
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Secret, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import (
    BackendError,
    BackendMaintenance,
    Clock,
    LeaseExpired,
    Rejected,
    Throttled,
    Unauthorised,
    Unreachable,
)

PATH: Final = f"{API}/integrations"
MOST: Final = 500
ROOM: Final = 900_000
"""Characters: well below the mebibyte that the embedded backend reads."""
RESOURCES: Final = frozenset({"amazonSettings", "amazonPay", "storefront", "systemParts"})
_DONE: Final = 200
_TOO_LARGE: Final = "BODY_TOO_LARGE"
_OVERHEAD: Final = 600
"""Characters of an item besides its value."""
_ESCAPED: Final = 6
"""Characters that one may become in JSON."""

Outcome = ApiResponse | Alone | Exception


@frozen
class ItemWrite:
    """A write as its own route takes it. `resource` is the part of an integration that it writes."""

    call: ApiRequest
    resource: str

    @property
    def item(self) -> dict[str, Any]:
        call = self.call
        item: dict[str, Any] = {"shopKey": call.shop, "resource": self.resource, "ifMatch": f'"{call.version}"'}
        if call.write_key is not None:
            item["writeKey"] = call.write_key
        if call.fence is not None:
            item["fence"] = {"issuer": call.fence.issuer, "number": call.fence.number}
        return {**item, "value": call.body}


@dataclass(slots=True, kw_only=True)
class BulkWriter:
    client: Client
    clock: Clock
    capabilities: BackendCapabilities
    _gatherer: Gatherer[ItemWrite, ApiResponse] = field(init=False)
    _lost: set[ShopKey] = field(default_factory=set)
    """Shops of whose last item no answer came: one item may be the reason, and must not keep the others waiting again."""

    def __post_init__(self) -> None:
        fewest = self.client.config.bulk_from or MOST
        self._gatherer = Gatherer(ask=self._send, weigh=_weight, most=MOST, room=ROOM, fewest=fewest)

    async def aclose(self) -> None:
        await self._gatherer.aclose()

    async def write(self, call: ApiRequest, resource: str) -> ApiResponse:
        """`call` by its own route, or together with others. Raises BackendError, as that route would."""
        if resource not in RESOURCES or call.shop is None or not self.client.config.takes_several:
            return await self.client.send(call)
        await self.client.wait_for_turn(call.shop)
        call = replace(call, paced=True)
        answer: ApiResponse | Alone = ALONE
        if call.shop not in self._lost:
            answer = await self._gatherer.answer(ItemWrite(call=call, resource=resource))
        self._lost.discard(call.shop)
        return await self.client.send(call) if isinstance(answer, Alone) else answer

    async def _send(self, writes: Sequence[ItemWrite]) -> Sequence[Outcome]:
        """Those that may not be sent any more are not in the request: their own route, which sends nothing, says why."""
        sent = [each for each in writes if not self._has_expired(each)]
        if not sent or not await self.capabilities.offers(BULK_WRITE):
            return [ALONE] * len(writes)
        try:
            outcomes = self._answers(sent, await self.client.send(_together(sent)))
        except LeaseExpired:
            return await self._send(writes)  # it was not sent, and another one has to be omitted
        except BackendError as error:
            outcomes = self._failed(sent, error)
        answered = {id(each): outcome for each, outcome in zip(sent, outcomes, strict=True)}
        return [answered.get(id(each), ALONE) for each in writes]

    def _has_expired(self, write: ItemWrite) -> bool:
        until = write.call.valid_until
        return until is not None and self.clock.monotonic() >= until

    def _failed(self, writes: Sequence[ItemWrite], error: BackendError) -> Sequence[Outcome]:
        if isinstance(error, Rejected) and error.reason != _TOO_LARGE:
            self.capabilities.withdraw(BULK_WRITE)
        if error.happened is not False:
            self._lose(writes)
        elif not isinstance(error, Unreachable | Throttled | Unauthorised):
            return [ALONE] * len(writes)  # the bulk route refused, which says nothing of the items
        return [copy_error(error) for _ in writes]

    def _answers(self, writes: Sequence[ItemWrite], reply: ApiResponse) -> Sequence[Outcome]:
        items = reply.json.get("items")
        fault = _misfit(items, writes)
        if fault is not None:
            self.capabilities.withdraw(BULK_WRITE)
            self._lose(writes)
            return [unexpected(each.call, fault, request_id=reply.request_id) for each in writes]
        return [self._answer(each, item, reply.request_id) for each, item in zip(writes, items or (), strict=True)]

    def _answer(self, write: ItemWrite, item: Mapping[str, Any], request_id: str | None) -> Outcome:
        meaning = self.client.meaning(write.call, _as_response(item, request_id))
        # Its own route waits, or renews the token, and sends it again.
        again = isinstance(meaning, Throttled | BackendMaintenance | Unauthorised) and meaning.happened is False
        return ALONE if again else meaning

    def _lose(self, writes: Sequence[ItemWrite]) -> None:
        self._lost.update(each.call.shop for each in writes if each.call.shop is not None)


def _together(writes: Sequence[ItemWrite]) -> ApiRequest:
    """Valid as long as each of them is."""
    ends = [each.call.valid_until for each in writes if each.call.valid_until is not None]
    body = {"items": [each.item for each in writes]}
    until = min(ends, default=None)
    return ApiRequest(method="PATCH", path=PATH, body=body, valid_until=until, items=len(writes), paced=True)


def _weight(write: ItemWrite) -> int:
    return _OVERHEAD + _ESCAPED * sum(map(len, _texts(write.call.body)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _misfit(items: object, writes: Sequence[ItemWrite]) -> Message | None:
    """Why the answers are not those to these items, in their order."""
    if not isinstance(items, list):
        return msg("the answer has no list of items")
    if len(items) != len(writes):
        return msg("the answer has {count} items, and {sent} were sent", count=len(items), sent=len(writes))
    for place, (item, write) in enumerate(zip(items, writes, strict=True), start=1):
        named = (item.get("shopKey"), item.get("resource")) if isinstance(item, Mapping) else None
        if named != (write.call.shop, write.resource):
            return msg("item {place} of the answer is not for {shop}", place=place, shop=write.call.shop or "")
    return None


def _as_response(item: Mapping[str, Any], request_id: str | None) -> RawResponse:
    """As the single route would have sent it."""
    status, etag = item.get("status"), item.get("etag")
    if status == _DONE:
        body, headers = item.get("value"), {"etag": etag if isinstance(etag, str) else ""}
    else:
        body, headers = item.get("problem"), {"content-type": MEDIA_TYPE}
    if request_id is not None:
        headers["x-request-id"] = request_id
    if isinstance(status, bool) or not isinstance(status, int) or not isinstance(body, Mapping):
        return RawResponse(status=_DONE, headers=headers, fault=msg("an item of the answer is incomplete"))
    return RawResponse(status=status, headers=headers, json=body)
