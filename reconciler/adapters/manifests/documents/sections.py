"""`payment:`, the Amazon Pay設定 screen: what does not follow Amazon設定.

`storefront:`, whether shoppers can enter the shop.

`seller_central:`, what is registered at Amazon, outside the platform.

`maintenance:`, what this tool may do to the shop, and when. It is not in the admin screens.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from reconciler.adapters.manifests.documents.base import (
    Document,
    TextFormat,
    managed_field,
    or_unset,
    section,
    tool_field,
)
from reconciler.core.model.formats import WINDOW
from reconciler.core.model.kinds import (
    AMAZON_PAY_PAYMENT,
    IPN_ENDPOINT,
    STOREFRONT_STATUS,
    AmazonPayPayment,
    IpnEndpoint,
    StorefrontState,
)
from reconciler.core.model.state import MaintenancePolicy
from reconciler.core.values import Registration, StorefrontStatus


class AmazonPayDocument(Document):
    pre_order: bool | None = managed_field(
        AMAZON_PAY_PAYMENT,
        "pre_order",
        english="Whether Amazon Pay is offered for pre-orders. Requires Commerce Creator.",
        japanese="予約販売でAmazon Payを利用するかどうか。コマースクリエイターの利用が必要です。",
    )
    subscription: bool | None = managed_field(
        AMAZON_PAY_PAYMENT,
        "subscription",
        english="Whether Amazon Pay is offered for subscriptions. Requires Commerce Creator in operation and its applications.",
        japanese="定期・頒布会販売でAmazon Payを利用するかどうか。コマースクリエイター運用中で、別途各種申込が必要です。",
    )
    auto_link: bool | None = managed_field(
        AMAZON_PAY_PAYMENT,
        "auto_link",
        english="Whether operations on orders in the admin screens capture and cancel at Amazon.",
        japanese="受注管理での操作に合わせてAmazonで売上請求・取消を行うかどうか。",
    )


class PaymentDocument(Document):
    amazon_pay: AmazonPayDocument | None = section(
        "Amazon Pay",
        AMAZON_PAY_PAYMENT,
        english="Kinds of sale with Amazon Pay, and 自動連携. 利用設定 and 通常販売 follow `amazon.enabled`.",
        japanese="Amazon Payで支払える販売方法と自動連携。利用設定と通常販売は `amazon.enabled` に連動します。",
    )

    def settings(self) -> AmazonPayPayment | None:
        row = self.amazon_pay
        if row is None or (row.pre_order is None and row.subscription is None and row.auto_link is None):
            return None
        return AmazonPayPayment(
            pre_order=or_unset(row.pre_order),
            subscription=or_unset(row.subscription),
            auto_link=or_unset(row.auto_link),
        )


class StorefrontDocument(Document):
    status: Literal["open", "closed"] | None = managed_field(
        STOREFRONT_STATUS,
        "status",
        english="Whether the shop is open after all changes.",
        japanese="設定後に店舗を開店と閉店のどちらにするか。",
    )

    def state(self) -> StorefrontState | None:
        return None if self.status is None else StorefrontState(status=StorefrontStatus(self.status))


class SellerCentralDocument(Document):
    ipn_endpoint: Literal["registered", "absent"] | None = managed_field(
        IPN_ENDPOINT,
        "registration",
        english="Whether the URL that the platform issues (販売事業者様サイトURL) is registered as an IPN endpoint.",
        japanese="販売事業者様サイトURLをIPNエンドポイントとして登録するかどうか。",
    )

    def endpoint(self) -> IpnEndpoint | None:
        return None if self.ipn_endpoint is None else IpnEndpoint(registration=Registration(self.ipn_endpoint))


class MaintenanceDocument(Document):
    close_shop: Literal["allow", "deny"] | None = tool_field(
        "Closing the shop / 閉店の許可",
        english="Whether reconciler may close the shop, temporarily for changes marked 要閉店 or permanently. Default: deny.",
        japanese="reconcilerが店舗を閉店してよいかどうか。要閉店の変更のための一時的な閉店も、閉店のままにする場合も含みます。省略時はdeny。",
    )
    window: Annotated[str, TextFormat(WINDOW)] | None = tool_field(
        "Maintenance window / メンテナンス時間帯",
        english="Hours in which the shop may be closed. They may extend past midnight.",
        japanese="閉店してよい時間帯。日付をまたいでも構いません。",
    )
    time_zone: str | None = tool_field(
        "Time zone / タイムゾーン",
        english="Time zone of the window. Default: Asia/Tokyo.",
        japanese="時間帯のタイムゾーン名。省略時はAsia/Tokyo。",
    )

    def permission(self) -> MaintenancePolicy:
        return MaintenancePolicy(
            close_shop=self.close_shop == "allow",
            window=None if self.window is None else _minutes(self.window),
            time_zone=self.time_zone or "Asia/Tokyo",
        )


@lru_cache(maxsize=256)
def _minutes(window: str) -> tuple[int, int]:
    """`01:00-05:00` as minutes of the day. The form is checked already. The shops of a fleet share a few windows."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in window.split("-"))
    return start, end
