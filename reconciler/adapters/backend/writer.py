"""Writing one kind of one shop: `HttpBackend`, which can also read.

In: a `WriteRequest`. Out: a `WriteResult` with the present state of the kind, or an error that says whether the write took place.
It writes exactly the request, alone or together with others that are due at the same time (`bulk`); order, closures and lost
responses are handled by the workflow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import httpx

from reconciler.adapters.backend.audit import last_changes
from reconciler.adapters.backend.bulk.capabilities import BackendCapabilities
from reconciler.adapters.backend.bulk.gathering import Alone
from reconciler.adapters.backend.bulk.reads import BulkReader
from reconciler.adapters.backend.bulk.writes import BulkWriter
from reconciler.adapters.backend.decode import decode_observed, expect_shop
from reconciler.adapters.backend.http.client import Client, RequestObserver
from reconciler.adapters.backend.http.config import BackendConfig, WireEnvironment
from reconciler.adapters.backend.http.interpret import VERSION, error_diagnostic, unexpected
from reconciler.adapters.backend.http.messages import ApiRequest, ApiResponse
from reconciler.adapters.backend.observer import FleetReader
from reconciler.adapters.backend.page_reading import PageReading
from reconciler.adapters.backend.wire import CODECS, DecodeContext, JsonObjectReader, WireDecodeError, ipn_endpoint
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.state import FieldRef, Known, Observed, value_at
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.values import ABSENT, UNSET, Scalar, ShopKey, Unset
from reconciler.ports import (
    BackendError,
    Clock,
    Conflict,
    RequestLogEntry,
    Unauthorised,
    Unreachable,
    WriteRequest,
    WriteResult,
)
from reconciler.ports.watch.request_pace import RequestPacer


class HttpBackend(PageReading):
    """`ports.Backend` and `ports.PagedBackend` over HTTP. Constructed and closed like `HttpObserver`."""

    def __init__(
        self,
        config: BackendConfig,
        clock: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
        heard: RequestObserver | None = None,
        rate: RequestPacer | None = None,
    ) -> None:
        self._client = Client(config, clock, transport, heard, rate)
        self._reading: FleetReader = FleetReader(self._client.get, config)
        capabilities = BackendCapabilities(get=self._client.get)
        self._bulk_writes = BulkWriter(client=self._client, clock=clock, capabilities=capabilities)
        self._bulk_reads = BulkReader(client=self._client, capabilities=capabilities)
        self._environment: WireEnvironment = config.environment

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._bulk_writes.aclose()
        await self._bulk_reads.aclose()
        await self._client.aclose()

    def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        return self._observe_one(shops[0]) if len(shops) == 1 else self._reading.observe(shops)

    async def _observe_one(self, shop: ShopKey) -> AsyncIterator[Observed]:
        """Together with other single shops that are read at the same time."""
        try:
            found = await self._bulk_reads.read(shop)
        except (Unauthorised, Unreachable):
            raise
        except BackendError as error:
            yield Observed.unknown(shop, error_diagnostic(error, shop))
            return
        if not isinstance(found, Alone):
            yield decode_observed(found, shop, self._environment)
            return
        async for observed in self._reading.observe([shop]):
            yield observed

    @property
    def requests(self) -> Sequence[RequestLogEntry]:
        return self._client.requests

    async def execute(self, write: WriteRequest) -> WriteResult:
        """Raises BackendError, with the fields that a refusal names; ValueError as `_send`."""
        try:
            return await self._send(write)
        except BackendError as error:
            name = CODECS[write.kind].ref
            error.refused_fields = tuple(replace(each, ref=name(each.name)) for each in error.refused_fields)
            raise

    async def _send(self, write: WriteRequest) -> WriteResult:
        """Raises BackendError; ValueError for a write that the contract cannot carry, before anything is sent."""
        encode = CODECS[write.kind].encode
        if encode is None:
            raise ValueError(f"{write.kind} cannot be written")
        call = _under_lease(encode(write, self._environment), write)
        if write.kind == ipn_endpoint.CODEC.kind and write.version in {"", ipn_endpoint.NO_SELLER}:
            return await self._from_the_list(write, call)
        if not VERSION.fullmatch(write.version):
            text = msg("{request}: the version it was planned from is not a backend version", request=call.name)
            raise Conflict(text, request=call.name)
        return await self._written(write, call)

    async def last_changes(self, shop: ShopKey) -> Sequence[AuditEntry]:
        """The trail of the shop, newest first. Raises BackendError."""
        return await last_changes(self._client.get, self._client.config, shop)

    async def _written(self, write: WriteRequest, call: ApiRequest) -> WriteResult:
        reply = await self._bulk_writes.write(call, CODECS[write.kind].part)
        written = self._receipt(write, call, reply)
        self._require_written(write, call, written)
        return written

    async def _from_the_list(self, write: WriteRequest, call: ApiRequest) -> WriteResult:
        """The seller has just changed, so the version of the list is not known yet: the list is read first."""
        first = ipn_endpoint.list_request(write, self._environment)
        listed = self._receipt(write, first, await self._client.send(first))
        if listed.now.value.registration is write.values["registration"]:
            return listed
        return await self._written(write, replace(call, version=listed.now.version))

    def _receipt(self, write: WriteRequest, call: ApiRequest, reply: ApiResponse) -> WriteResult:
        fault: Message | None = None
        try:
            value = self._decoded(write, reply)
        except WireDecodeError as unreadable:
            fault = unreadable.text
        if fault is not None:
            raise unexpected(call, fault, request_id=reply.request_id)
        if reply.version is None:
            raise unexpected(call, msg("the answer has no ETag"), request_id=reply.request_id)
        return WriteResult(kind=write.kind, now=Known(value, reply.version), request_id=reply.request_id)

    def _require_written(self, write: WriteRequest, call: ApiRequest, written: WriteResult) -> None:
        """Raises Unexpected: an answer may be another request's, kept by something between."""
        for ref, wanted in _written_fields(write):
            held = _shown(written.now.value, ref)
            if held is not UNSET and not values_equal(ref.spec.policy.compare, wanted, held):
                text = msg("the answer does not contain what was written: {field}", field=str(ref))
                raise unexpected(call, text, request_id=written.request_id)

    def _decoded(self, write: WriteRequest, reply: ApiResponse) -> Any:
        fields = JsonObjectReader(reply.json, "")
        codec = CODECS[write.kind]
        if write.kind == ipn_endpoint.CODEC.kind:
            return codec.decode(fields, ipn_endpoint.write_context(write, self._environment))
        expect_shop(fields, write.shop)
        nothing = DecodeContext(environment=self._environment, merchant_site_url=ABSENT, seller_id=ABSENT)
        return codec.decode(fields, nothing)


def _shown(kind_value: Any, ref: FieldRef) -> Scalar | Unset:
    """UNSET also for what a request names and a shop does not have: the URL of an endpoint."""
    return value_at(kind_value, ref) if ref.field in kind_named(ref.kind).by_name else UNSET


def _under_lease(call: ApiRequest, write: WriteRequest) -> ApiRequest:
    return replace(call, write_key=write.key or None, fence=write.fence, valid_until=write.valid_until)


def _written_fields(write: WriteRequest) -> Iterator[tuple[FieldRef, Any]]:
    """What must be in the answer; a secret is there as its seal."""
    for name, value in write.values.items():
        entries = value.items() if isinstance(value, Mapping) else ((None, value),)
        for entry, wanted in entries:
            yield FieldRef(write.kind, name, entry), wanted
