"""What this backend offers beyond the rules for all routes, so that a client need not guess."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from reconciler.embedded.api.context import IfNoneMatch
from reconciler.embedded.api.http import reply_to_read
from reconciler.embedded.api.openapi import READ, refusals
from reconciler.embedded.api.strict_request import StrictRoute
from reconciler.embedded.contract import etags
from reconciler.embedded.contract.responses import Capabilities

router = APIRouter(prefix="/admin-api/v1/capabilities", tags=["capabilities"], route_class=StrictRoute)

_OFFERED: Final[Capabilities] = {"capabilities": ["bulk-read", "bulk-write", "changes", "fence", "write-key"]}


@router.get("", response_model=Capabilities, responses=refusals(*READ))
async def get_capabilities(if_none_match: IfNoneMatch = None) -> Response:
    return reply_to_read(_OFFERED, etags.digest_of(_OFFERED), if_none_match)
