"""Many shops at once, for operators: pages of integrations."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded import cursors, integrations
from reconciler.embedded.answers import Environment, Integrations
from reconciler.embedded.bodies import Limit, Moment
from reconciler.embedded.calls import IfNoneMatch, OperatorCall
from reconciler.embedded.openapi import READ, refusals
from reconciler.embedded.replies import reply_to_read

router = APIRouter(prefix="/admin-api/v1/integrations", tags=["integrations"])


@router.get("", response_model=Integrations, responses=refusals(*READ, 422))
async def get_integrations(  # noqa: PLR0913 - a request's words
    *,
    request: Request,
    call: OperatorCall,
    limit: Annotated[Limit, Query()] = 100,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    updated_since: Annotated[Moment | None, Query(alias="updatedSince")] = None,
    environment: Annotated[Environment, Query()] = "PRODUCTION",
    if_none_match: IfNoneMatch = None,
) -> Response:
    after = None if cursor is None else cursors.read(cursor)
    with call.reading() as connection:
        found = integrations.page(
            connection, limit=limit, after=after, updated_since=updated_since, environment=environment
        )
    next_url = cursors.next_url(request, found.items[-1]["shopKey"]) if found.more else None
    body: Integrations = {"items": list(found.items), "nextUrl": next_url}
    return reply_to_read(body, integrations.page_version(found, environment), if_none_match)
