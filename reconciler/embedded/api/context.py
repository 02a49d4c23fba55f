"""Who makes a request, and about which shop: routes get this instead of a bare request.

In: the caller the gate found, and the headers of the contract. Out: a `RequestContext`, or 403/428.
The resource that reads the shop finds out whether it exists.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Header, Path
from sqlalchemy import Connection
from starlette.requests import Request

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources import fences
from reconciler.embedded.resources.api_clients import ApiCaller
from reconciler.embedded.services import Services
from reconciler.embedded.storage.audited_write import Actor, AuditedTransaction
from reconciler.lib.frozen_class import frozen

SHOP_KEY_HEADER = "X-SHOP-KEY"


@frozen
class RequestContext:
    """`shop_key` is empty for a call that concerns no single shop. `write_key` and `fence` are what a write may carry."""

    services: Services
    caller: ApiCaller
    shop_key: str = ""
    write_key: str | None = None
    fence: str | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.services.reading() as connection:
            yield connection

    @contextmanager
    def editing(self) -> Iterator[AuditedTransaction]:
        actor = Actor(name=self.caller.client_id, type="CLIENT")
        with self.services.editing(actor, write_key=self.write_key) as edit:
            if self.fence is not None and self.shop_key:
                fences.require_current(edit.connection, self.shop_key, fences.WriteFence.parse(self.fence))
            yield edit


ShopKeyHeader = Annotated[str | None, Header(alias=SHOP_KEY_HEADER)]


WriteKeyHeader = Annotated[str | None, Header(alias="X-Write-Key", pattern=r"^[!-~]{1,255}$")]
FenceHeader = Annotated[str | None, Header(alias="X-Fence", pattern=r"^[0-9A-Za-z_-]{1,64}:[0-9]{1,15}$")]


async def _shop_call(
    request: Request, shop_key: Annotated[str, Path(alias="shopKey")], header: ShopKeyHeader = None
) -> RequestContext:
    return _let_in(request, header, shop_key)


async def _shop_write(
    call: Annotated[RequestContext, Depends(_shop_call)], key: WriteKeyHeader = None, fence: FenceHeader = None
) -> RequestContext:
    return replace(call, write_key=key, fence=fence)


async def _named_shop_call(request: Request, header: ShopKeyHeader = None) -> RequestContext:
    return _let_in(request, header, header)


async def _operator_call(request: Request) -> RequestContext:
    caller: ApiCaller = request.state.caller
    if caller.shop_key is not None:
        raise Problem("SHOP_KEY_MISMATCH", "only an operator client may read several shops at once")
    return RequestContext(services=request.app.state.services, caller=caller)


def _let_in(request: Request, header: str | None, shop_key: str | None) -> RequestContext:
    caller: ApiCaller = request.state.caller
    if header is None or shop_key is None:
        raise Problem("SHOP_KEY_MISMATCH", f"{SHOP_KEY_HEADER} is missing")
    if header != shop_key or caller.shop_key not in (None, shop_key):
        raise shop_key_mismatch()
    return RequestContext(services=request.app.state.services, caller=caller, shop_key=shop_key)


def shop_key_mismatch() -> Problem:
    return Problem("SHOP_KEY_MISMATCH", "the path, X-SHOP-KEY and the client must belong to the same shop")


async def _if_match(if_match: Annotated[str | None, Header(alias="If-Match")] = None) -> str:
    if if_match is None:
        raise Problem("PRECONDITION_REQUIRED", "If-Match is missing")
    return if_match


ShopCall = Annotated[RequestContext, Depends(_shop_call)]
"""A call on one shop, named in the path and in X-SHOP-KEY."""
ShopWrite = Annotated[RequestContext, Depends(_shop_write)]
"""A write to one shop, which may name itself (X-Write-Key) and the lease it is made under (X-Fence)."""
NamedShopCall = Annotated[RequestContext, Depends(_named_shop_call)]
"""A call on one shop, named in X-SHOP-KEY alone."""
OperatorCall = Annotated[RequestContext, Depends(_operator_call)]
IfMatch = Annotated[str, Depends(_if_match)]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]
IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]
