"""Amazon Pay設定 on the wire."""

from __future__ import annotations

from typing import Final

from reconciler.adapters.backend.http.config import Environment
from reconciler.adapters.backend.http.messages import Call
from reconciler.adapters.backend.wire.codec import Around, Codec, inverse, renamed, shop_path
from reconciler.adapters.backend.wire.json_reader import Fields
from reconciler.core.model.kinds import AmazonPayPayment
from reconciler.ports import Write

_WRITABLE: Final = {"pre_order": "preOrder", "subscription": "subscription"}


def decode(part: Fields, _around: Around) -> AmazonPayPayment:
    return AmazonPayPayment(
        use=part.flag("use"),
        regular=part.flag("regular"),
        pre_order=part.flag("preOrder"),
        subscription=part.flag("subscription"),
    )


def encode(write: Write, _environment: Environment) -> Call:
    body = renamed(write, _WRITABLE)
    path = shop_path(write.shop, "payment-methods/amazon-pay")
    return Call(method="PATCH", path=path, shop=write.shop, body=body, version=write.version)


CODEC: Final = Codec(
    kind="amazon_pay_payment",
    part="amazonPay",
    decode=decode,
    encode=encode,
    names={"use": "use", "regular": "regular", **inverse(_WRITABLE)},
)
