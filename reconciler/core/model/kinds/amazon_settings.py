"""The Amazon設定 screen: one switch for Amazonログイン and Amazon Pay, the API values, the notification mail."""

from __future__ import annotations

from typing import Final

from reconciler.core.model.policy import Compare, FindingSeverity, Sharing, derived, issued, kind_spec, managed
from reconciler.core.model.value_words import API_STATUS, DISPLAY, USE
from reconciler.core.values import Absent, ApiStatus, PreSet, SealedSecret, Secret, SecretRef, Unset
from reconciler.lib.frozen_class import frozen


@frozen
class AmazonSettings:
    """`mws_auth_token` is a reference in a manifest, a secret once resolved, and a seal when observed."""

    enabled: bool | Unset = managed(
        "利用設定",
        title="Use Amazon",
        declared="amazon.enabled",
        severity=FindingSeverity.HIGH,
        while_closed=True,
        sharing=Sharing.GROUPS,
        words=USE,
    )
    seller_id: str | Absent | Unset = managed(
        "SellerId(出品者ID)", title="SellerId", declared="amazon.api.seller_id", severity=FindingSeverity.CRITICAL
    )
    client_id: str | Absent | Unset = managed(
        "ClientId(クライアントID)", title="ClientId", declared="amazon.api.client_id", severity=FindingSeverity.CRITICAL
    )
    mws_auth_token: SecretRef | Secret | SealedSecret | PreSet | Absent | Unset = managed(
        "MWSAuthToken(MWS認証トークン)",
        title="MWSAuthToken",
        declared="amazon.api.mws_auth_token",
        severity=FindingSeverity.CRITICAL,
        compare=Compare.SEALED,
    )
    notification_email: str | Absent | Unset = managed(
        "通知メールアドレス",
        title="Notification email",
        declared="amazon.notification.email",
        severity=FindingSeverity.MEDIUM,
        sharing=Sharing.UNLESS_IDENTIFYING,
    )
    merchant_site_url: str | Absent | Unset = issued("販売事業者様サイトURL", title="IPN endpoint URL")
    api_status: ApiStatus | Unset = issued("Amazon API情報の状態", title="Status of the API values", words=API_STATUS)
    buttons_visible: bool | Unset = derived(
        "Amazonボタンの表示",
        title="Amazon buttons shown",
        follows="amazon_settings.enabled",
        severity=FindingSeverity.HIGH,
        words=DISPLAY,
    )


AMAZON_SETTINGS: Final = kind_spec(
    AmazonSettings,
    name="amazon_settings",
    label="Amazon設定",
    title="Amazon settings",
    screen="設定>連携サービス>Amazon設定",
)
