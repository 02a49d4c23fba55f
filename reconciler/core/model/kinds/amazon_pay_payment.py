"""The payment side. Its use and 通常販売 follow Amazon設定; 予約販売 and 定期・頒布会販売 never do."""

from __future__ import annotations

from typing import Final

from reconciler.core.model.policy import FindingSeverity, Sharing, derived, kind_spec, managed
from reconciler.core.model.value_words import USE
from reconciler.core.values import Unset
from reconciler.lib.frozen_class import frozen


@frozen
class AmazonPayPayment:
    """With `auto_link`, operations on orders in 受注管理 capture and cancel at Amazon."""

    use: bool | Unset = derived(
        "決済一覧 Amazon Pay 利用設定",
        title="Amazon Pay in the payment list",
        follows="amazon_settings.enabled",
        severity=FindingSeverity.HIGH,
        words=USE,
    )
    regular: bool | Unset = derived(
        "通常販売", title="Regular sales", follows="amazon_settings.enabled", severity=FindingSeverity.MEDIUM, words=USE
    )
    pre_order: bool | Unset = managed(
        "予約販売",
        title="Pre-order sales",
        declared="payment.amazon_pay.pre_order",
        severity=FindingSeverity.MEDIUM,
        sharing=Sharing.FALSE_ONLY,
        words=USE,
    )
    subscription: bool | Unset = managed(
        "定期・頒布会販売",
        title="Subscription sales",
        declared="payment.amazon_pay.subscription",
        severity=FindingSeverity.MEDIUM,
        sharing=Sharing.FALSE_ONLY,
        words=USE,
    )
    auto_link: bool | Unset = managed(
        "自動連携",
        title="Automatic linkage",
        declared="payment.amazon_pay.auto_link",
        severity=FindingSeverity.MEDIUM,
        optional=True,
        sharing=Sharing.GROUPS,
        words=USE,
    )


AMAZON_PAY_PAYMENT: Final = kind_spec(
    AmazonPayPayment,
    name="amazon_pay_payment",
    label="Amazon Pay設定",
    title="Amazon Pay settings",
    screen="設定>決済>Amazon Pay設定",
)
