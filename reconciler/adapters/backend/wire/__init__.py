"""One codec per kind. In: JSON, or a `WriteRequest`. Out: a value of the kind, or an `ApiRequest`. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.adapters.backend.wire import (
    amazon_pay_payment,
    amazon_settings,
    entitlements,
    ipn_endpoint,
    storefront_status,
    system_parts,
)
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError

CODECS: Final[Mapping[str, Codec]] = {
    module.CODEC.kind: module.CODEC
    for module in (amazon_settings, amazon_pay_payment, system_parts, ipn_endpoint, storefront_status, entitlements)
}

__all__ = ["CODECS", "Codec", "DecodeContext", "JsonObjectReader", "WireDecodeError"]
