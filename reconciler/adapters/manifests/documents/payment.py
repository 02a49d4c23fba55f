"""`payment:`, the Amazon Pay設定 screen: what does not follow Amazon設定 by itself."""

from __future__ import annotations

from reconciler.adapters.manifests.documents.base import Document, given, managed, section
from reconciler.core.model.kinds import AMAZON_PAY_PAYMENT, AmazonPayPayment


class AmazonPayDocument(Document):
    pre_order: bool | None = managed(
        AMAZON_PAY_PAYMENT,
        "pre_order",
        english="Whether Amazon Pay can pay for pre-orders. Wants Commerce Creator.",
        japanese="予約販売でAmazon Payを使えるようにするか。コマースクリエイターの利用が必要です。",
    )
    subscription: bool | None = managed(
        AMAZON_PAY_PAYMENT,
        "subscription",
        english="Whether Amazon Pay can pay for subscriptions. Wants Commerce Creator in operation and applications.",
        japanese="定期・頒布会販売でAmazon Payを使えるようにするか。コマースクリエイター運用中で、別途各種申込が必要です。",
    )


class PaymentDocument(Document):
    amazon_pay: AmazonPayDocument | None = section(
        "Amazon Pay",
        AMAZON_PAY_PAYMENT,
        english="The kinds of sale that Amazon Pay can pay for. Its use and 通常販売 follow `amazon.enabled`.",
        japanese="Amazon Payで支払える販売方法。利用設定と通常販売は `amazon.enabled` に連動します。",
    )

    def settings(self) -> AmazonPayPayment | None:
        row = self.amazon_pay
        if row is None or (row.pre_order is None and row.subscription is None):
            return None
        return AmazonPayPayment(pre_order=given(row.pre_order), subscription=given(row.subscription))
