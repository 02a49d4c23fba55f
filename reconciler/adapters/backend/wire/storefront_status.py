"""Whether the shop is open, on the wire."""

from __future__ import annotations

from typing import Final

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext, shop_path, to_wire_names
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader
from reconciler.core.model.kinds import StorefrontState
from reconciler.core.values import StorefrontStatus
from reconciler.ports import WriteRequest


def decode(part: JsonObjectReader, _around: DecodeContext) -> StorefrontState:
    return StorefrontState(status=part.choice("status", StorefrontStatus))


def encode(write: WriteRequest, _environment: WireEnvironment) -> ApiRequest:
    status = to_wire_names(write, {"status": "status"})["status"]
    if not isinstance(status, StorefrontStatus):
        raise ValueError("storefront_status.status must be a StorefrontStatus")  # noqa: TRY004
    path = shop_path(write.shop, "storefront")
    return ApiRequest(method="PUT", path=path, shop=write.shop, body={"status": status.name}, version=write.version)


CODEC: Final = Codec(
    kind="storefront_status", part="storefront", decode=decode, encode=encode, names={"status": "status"}
)
