"""Whether the shop is open, on the wire."""

from __future__ import annotations

from typing import Final

from reconciler.adapters.backend.http.config import Environment
from reconciler.adapters.backend.http.messages import Call
from reconciler.adapters.backend.wire.codec import Around, Codec, renamed, shop_path
from reconciler.adapters.backend.wire.json_reader import Fields
from reconciler.core.model.kinds import StorefrontState
from reconciler.core.values import StorefrontStatus
from reconciler.ports import Write


def decode(part: Fields, _around: Around) -> StorefrontState:
    return StorefrontState(status=part.choice("status", StorefrontStatus))


def encode(write: Write, _environment: Environment) -> Call:
    status = renamed(write, {"status": "status"})["status"]
    if not isinstance(status, StorefrontStatus):
        raise ValueError("storefront_status.status must be a StorefrontStatus")  # noqa: TRY004
    path = shop_path(write.shop, "storefront")
    return Call(method="PUT", path=path, shop=write.shop, body={"status": status.name}, version=write.version)


CODEC: Final = Codec(
    kind="storefront_status", part="storefront", decode=decode, encode=encode, names={"status": "status"}
)
