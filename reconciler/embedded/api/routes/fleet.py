"""Many shops at once, for operators: pages of integrations, and writes of several shops in one request."""

import json
import logging
from dataclasses import replace
from typing import Annotated

import anyio.lowlevel
from fastapi import APIRouter, Body, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api import http as cursors
from reconciler.embedded.api.context import IfNoneMatch, OperatorCall, RequestContext
from reconciler.embedded.api.http import reply_to_read
from reconciler.embedded.api.idempotency import IdempotencyKey, make_key
from reconciler.embedded.api.openapi import BODY, READ, refusals
from reconciler.embedded.api.settings_writes import WRITABLE, write_resource
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.bulk import BulkAnswers, BulkItem, BulkRefused, BulkWrite, BulkWritten
from reconciler.embedded.contract.problems import Problem, field_problem, internal_error_problem
from reconciler.embedded.contract.requests import Limit, Moment
from reconciler.embedded.contract.responses import (
    Environment,
    Integrations,
)
from reconciler.embedded.resources import integrations

_LOG = logging.getLogger(__name__)
_MOST = 500
_KEYS_LENGTH = _MOST * 65

fleet_router = APIRouter(prefix="/admin-api/v1/integrations", tags=["integrations"], route_class=StrictRoute)


@fleet_router.get("", response_model=Integrations, responses=refusals(*READ, 422))
async def get_integrations(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: OperatorCall,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    updated_since: Annotated[Moment | None, Query(alias="updatedSince")] = None,
    shop_keys: Annotated[str | None, Query(alias="shopKeys", min_length=1, max_length=_KEYS_LENGTH)] = None,
    environment: Annotated[Environment, Query()] = "PRODUCTION",
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = None if cursor is None else cursors.decode_cursor(cursor)
    with call.reading() as connection:
        found = integrations.integrations_page(
            connection,
            limit=limit,
            after=after,
            updated_since=updated_since,
            environment=environment,
            shop_keys=None if shop_keys is None else _split_keys(shop_keys),
        )
    next_url = cursors.next_url(request, found.items[-1]["shopKey"]) if found.more else None
    body: Integrations = {"items": list(found.items), "nextUrl": next_url}
    return reply_to_read(body, integrations.page_version(found, environment), if_none_match)


def _split_keys(shop_keys: str) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(shop_keys.split(",")))
    if len(keys) > _MOST:
        raise field_problem("VALIDATION_ERROR", "shopKeys", f"name at most {_MOST} shops")
    return keys


@fleet_router.patch("", response_model=BulkAnswers, responses=refusals(*READ, *BODY, 422))
async def patch_integrations(call: OperatorCall, body: Annotated[BulkWrite, Body()]) -> Response:
    """Each item as its own route would write it, in a transaction of its own."""
    answers: list[BulkWritten | BulkRefused] = []
    for item in body["items"]:
        answers.append(_answer(call, item))
        await anyio.lowlevel.checkpoint()  # other requests are not kept waiting by hundreds of writes
    answered: BulkAnswers = {"items": answers}
    # As for a single refusal, text that UTF-8 cannot carry is replaced.
    content = json.dumps(answered, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, media_type="application/json")


def _answer(call: RequestContext, item: BulkItem) -> BulkWritten | BulkRefused:
    try:
        return _written(call, item)
    except Problem as refused:
        problem = refused
    except Exception:  # noqa: BLE001  # what goes wrong with one item is no fault of the others
        _LOG.exception("a write of %s failed", item["resource"])
        problem = internal_error_problem()
    return {
        "shopKey": item["shopKey"],
        "resource": item["resource"],
        "status": problem.status,
        "problem": problem.body(),
    }


def _key(call: RequestContext, item: BulkItem) -> IdempotencyKey | None:
    key = item.get("idempotencyKey")
    if key is None:
        return None
    # With the key in it, equal tokens of two writes have no equal fingerprints.
    target = f"PATCH integrations {item['shopKey']} {item['resource']} {key}"
    return make_key(call.caller.client_id, key, target, item["value"])


def _written(call: RequestContext, item: BulkItem) -> BulkWritten:
    """Raises Problem."""
    resource, fence = WRITABLE[item["resource"]], item.get("fence")
    of_shop = replace(
        call,
        shop_key=item["shopKey"],
        write_key=item.get("writeKey"),
        fence=None if fence is None else f"{fence['issuer']}:{fence['number']}",
    )
    body = resource.parse(item["value"])
    value, version = write_resource(of_shop, resource, body, item["ifMatch"], _key(call, item))
    return {
        "shopKey": item["shopKey"],
        "resource": item["resource"],
        "status": 200,
        "etag": etags.format_etag(version),
        "value": value,  # type: ignore[typeddict-item]  # a body of the resource that is named
    }
