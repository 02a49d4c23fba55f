"""The IPN endpoint list of one seller at Seller Central, whichever shop uses the seller now. Raises BackendError."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from reconciler.adapters.backend.http.config import BackendConfig
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import API, ApiRequest
from reconciler.adapters.backend.pagination import Get
from reconciler.adapters.backend.wire import DecodeContext, JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.ipn_endpoint import CODEC
from reconciler.core.values import ABSENT


async def seller_endpoints(get: Get, config: BackendConfig, seller: str) -> frozenset[str]:
    """The URLs that are registered."""
    path = f"{API}/seller-central/{quote(seller, safe='')}/ipn-endpoints"
    request = ApiRequest(method="GET", path=path, query=urlencode({"environment": config.environment.value}))
    reply = await get(request.path, query=request.query)
    around = DecodeContext(environment=config.environment, merchant_site_url=ABSENT, seller_id=seller)
    try:
        return frozenset(CODEC.decode(JsonObjectReader(reply.json, ""), around).others)
    except WireDecodeError as wire:
        fault = wire.text
    raise unexpected(request, fault, request_id=reply.request_id)
