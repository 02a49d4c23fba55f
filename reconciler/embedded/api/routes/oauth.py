"""`POST /oauth/token`: client credentials for an access token."""

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from reconciler.embedded.api.context import ShopKeyHeader
from reconciler.embedded.api.http import reply
from reconciler.embedded.api.openapi import refusals
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import AccessToken
from reconciler.embedded.resources import api_clients as tokens
from reconciler.embedded.services import Services

router = APIRouter(prefix="/oauth", tags=["oauth"])


@router.post("/token", response_model=AccessToken, responses=refusals(401, 403, 413, 422))
async def post_token(
    request: Request,
    grant_type: Annotated[Literal["client_credentials"], Form()],  # noqa: ARG001 - its one value is checked by its type
    header: ShopKeyHeader = None,
) -> Response:
    services: Services = request.app.state.services
    client_id, secret = _basic(request.headers.get("authorization"))
    with services.reading() as connection:
        caller = tokens.authenticate(connection, client_id, secret)
    if caller is None:
        raise _invalid_client()
    if caller.shop_key is not None and header != caller.shop_key:
        raise Problem("SHOP_KEY_MISMATCH", "X-SHOP-KEY must name the shop of this client")
    lifetime = services.config.token_lifetime
    with services.database.writing() as writing:
        token = tokens.issue(writing, caller, services.now(), lifetime)
    body: AccessToken = {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}
    answer = reply(body, etags.digest_of(token))
    answer.headers["Cache-Control"] = "no-store"
    del answer.headers["ETag"]
    return answer


def _basic(header: str | None) -> tuple[str, str]:
    scheme, _, encoded = (header or "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError) as error:
        raise _invalid_client() from error
    client_id, colon, secret = decoded.partition(":")
    if not colon:
        raise _invalid_client()
    return client_id, secret


def _invalid_client() -> Problem:
    return Problem(
        "INVALID_CLIENT",
        "the client id or the client secret is wrong",
        headers={"WWW-Authenticate": 'Basic realm="admin-api"'},
    )
