"""Whether 販売事業者様サイトURL is registered in Amazon Seller Central, in the environment of the run."""

from __future__ import annotations

from typing import Final

from reconciler.core.model.policy import FindingSeverity, Sharing, issued, kind_spec, managed
from reconciler.core.model.value_words import REGISTRATION
from reconciler.core.values import Absent, Registration, Unset
from reconciler.lib.frozen_class import frozen


@frozen
class IpnEndpoint:
    """`seller_id` is the one whose registrations were read; `others` are further URLs registered with it."""

    registration: Registration | Unset = managed(
        "インスタント通知(IPN)の登録",
        title="IPN endpoint registration",
        declared="seller_central.ipn_endpoint",
        severity=FindingSeverity.HIGH,
        sharing=Sharing.GROUPS,
        words=REGISTRATION,
    )
    seller_id: str | Absent | Unset = issued("出品者ID (Amazonセラーセントラル)", title="SellerId of the endpoint")
    others: tuple[str, ...] | Unset = issued("ほかのエンドポイント", title="Other endpoints")


IPN_ENDPOINT: Final = kind_spec(
    IpnEndpoint,
    name="ipn_endpoint",
    label="インスタント通知設定",
    title="IPN settings",
    screen="Amazonセラーセントラル>設定>インスタント通知(IPN)>インスタント通知設定",
)
