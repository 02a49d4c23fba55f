"""`amazon:`, the Amazon設定 screen and the texts of the system parts."""

from __future__ import annotations

from typing import Annotated

from reconciler.adapters.manifests.documents.base import (
    Document,
    TextFormat,
    managed_field,
    or_unset,
    section,
    tool_field,
)
from reconciler.core.model.formats import CLIENT_ID, EMAIL, PART_NAME, SELLER_ID, TOKEN_DECLARATION
from reconciler.core.model.kinds import AMAZON_SETTINGS, SYSTEM_PARTS, AmazonSettings, SystemParts
from reconciler.core.values import PRE_SET, UNSET, PreSet, SecretRef, Unset


class ApiDocument(Document):
    seller_id: Annotated[str, TextFormat(SELLER_ID)] | None = managed_field(
        AMAZON_SETTINGS,
        "seller_id",
        english="Id of the merchant at Amazon.",
        japanese="Amazonの出品者ID。",
    )
    client_id: Annotated[str, TextFormat(CLIENT_ID)] | None = managed_field(
        AMAZON_SETTINGS,
        "client_id",
        english="Id of the merchant's application at Amazon, also called Store ID.",
        japanese="AmazonのクライアントID(ストアID)。",
    )
    mws_auth_token: Annotated[str, TextFormat(TOKEN_DECLARATION)] | None = managed_field(
        AMAZON_SETTINGS,
        "mws_auth_token",
        english="Reference to the token, such as ref+env://NAME, not the token itself; `pre-set` if Amazon holds it.",
        japanese="トークンへの参照(例: ref+env://NAME)。トークンそのものは書けません。Amazonが設定済みの場合は `pre-set`。",
    )


class NotificationDocument(Document):
    email: Annotated[str, TextFormat(EMAIL)] | None = managed_field(
        AMAZON_SETTINGS,
        "notification_email",
        english="Address for mails about failed Amazon Pay orders.",
        japanese="Amazon Payの処理失敗通知の送信先。",
    )


class PartDocument(Document):
    label: str | None = tool_field(
        "Label / 表示ラベル", english="Heading or button text of the part.", japanese="パーツの見出しやボタンの文言。"
    )
    message: str | None = tool_field(
        "Message / メッセージ", english="Text of the part.", japanese="パーツに表示する文章。"
    )


class AmazonDocument(Document):
    enabled: bool | None = managed_field(
        AMAZON_SETTINGS,
        "enabled",
        english="Whether the shop offers Amazon Login and Amazon Pay. The payment side follows.",
        japanese="AmazonログインとAmazon Payを利用するかどうか。決済側の設定も連動します。",
    )
    api: ApiDocument | None = section(
        "Amazon API values",
        AMAZON_SETTINGS,
        label="Amazon API情報",
        english="Identity of the shop at Amazon.",
        japanese="Amazonでの出品者の識別情報。",
    )
    notification: NotificationDocument | None = section(
        "Notification",
        AMAZON_SETTINGS,
        label="Amazon通知設定",
        english="Mails about failed orders.",
        japanese="処理に失敗した受注の通知。",
    )
    messages: dict[Annotated[str, TextFormat(PART_NAME)], PartDocument | None] | None = managed_field(
        SYSTEM_PARTS,
        "messages",
        english="Labels and messages of the system parts. Each part is managed separately.",
        japanese="システムパーツの表示ラベルとメッセージ。パーツごとに、記載したものだけを管理します。",
    )

    def settings(self) -> AmazonSettings | None:
        """None where nothing of the screen is mentioned."""
        api, notification = self.api or _NO_API, self.notification or _NO_NOTIFICATION
        settings = AmazonSettings(
            enabled=or_unset(self.enabled),
            seller_id=or_unset(api.seller_id),
            client_id=or_unset(api.client_id),
            mws_auth_token=_token(api.mws_auth_token),
            notification_email=or_unset(notification.email),
        )
        return None if settings == _NOTHING else settings

    def parts(self) -> SystemParts | None:
        """None where no text is mentioned."""
        if not self.messages:
            return None
        texts = {
            f"{name}.{kind}": text
            for name, part in self.messages.items()
            if part is not None
            for kind, text in (("label", part.label), ("message", part.message))
            if text is not None
        }
        return SystemParts(messages=texts) if texts else None


_NO_API = ApiDocument()
_NO_NOTIFICATION = NotificationDocument()
_NOTHING = AmazonSettings()


def _token(declared: str | None) -> SecretRef | PreSet | Unset:
    if declared is None:
        return UNSET
    return PRE_SET if declared == PRE_SET.value else SecretRef(declared)
