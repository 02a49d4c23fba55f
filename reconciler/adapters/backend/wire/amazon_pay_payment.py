"""Amazon Pay設定 on the wire."""

from __future__ import annotations

from typing import Final

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext, invert_mapping, shop_path, to_wire_names
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader
from reconciler.core.model.kinds import AmazonPayPayment
from reconciler.ports import WriteRequest

_WRITABLE: Final = {"pre_order": "preOrder", "subscription": "subscription", "auto_link": "autoLink"}


def decode(part: JsonObjectReader, _around: DecodeContext) -> AmazonPayPayment:
    return AmazonPayPayment(
        use=part.flag("use"),
        regular=part.flag("regular"),
        pre_order=part.flag("preOrder"),
        subscription=part.flag("subscription"),
        auto_link=part.flag_or_unset("autoLink"),
    )


def encode(write: WriteRequest, _environment: WireEnvironment) -> ApiRequest:
    body = to_wire_names(write, _WRITABLE)
    path = shop_path(write.shop, "payment-methods/amazon-pay")
    return ApiRequest(method="PATCH", path=path, shop=write.shop, body=body, version=write.version)


CODEC: Final = Codec(
    kind="amazon_pay_payment",
    part="amazonPay",
    decode=decode,
    encode=encode,
    names={"use": "use", "regular": "regular", **invert_mapping(_WRITABLE)},
)
