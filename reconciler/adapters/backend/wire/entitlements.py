"""What the shop may use, on the wire. Only read."""

from __future__ import annotations

from typing import Final

from reconciler.adapters.backend.wire.codec import Codec, DecodeContext
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader
from reconciler.core.model.kinds import Entitlements
from reconciler.core.values import CommerceCreator


def decode(part: JsonObjectReader, _around: DecodeContext) -> Entitlements:
    return Entitlements(
        pay_option=part.flag("payOption"),
        amazon_contract=part.flag("amazonContract"),
        commerce_creator=part.choice("commerceCreator", CommerceCreator),
        subscription_applications=part.flag("subscriptionApplications"),
    )


CODEC: Final = Codec(
    kind="entitlements",
    part="entitlements",
    decode=decode,
    names={
        "payOption": "pay_option",
        "amazonContract": "amazon_contract",
        "commerceCreator": "commerce_creator",
        "subscriptionApplications": "subscription_applications",
    },
)
