"""`alerts.yaml`: where alerts go, and which finding goes where.

A channel has keys that depend on its kind; `alert_rules` checks which.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import (
    CHANNEL,
    CHANNEL_URL,
    OWNER,
    SECRET_REFERENCE,
    WHEN,
)
from reconciler.adapters.manifests.documents.json_schema import Schema, published_schema
from reconciler.adapters.settings.sidecar_documents import SmtpDocument
from reconciler.core.model.formats import EMAIL, GROUP, LABEL

ChannelName = Annotated[str, TextFormat(CHANNEL)]
ChannelKind = Literal["webhook", "slack", "mail", "apprise"]
SecretReference = Annotated[str, TextFormat(SECRET_REFERENCE)]
Address = Annotated[str, TextFormat(EMAIL)]
Owner = Annotated[str, TextFormat(OWNER)]
Group = Annotated[str, TextFormat(GROUP)]
LabelText = Annotated[str, TextFormat(LABEL)]
LabelGlob = Annotated[str, Field(min_length=1, max_length=63)]
FindingClassName = Literal[
    "drifted",
    "conflict",
    "not-following",
    "foreign-endpoint",
    "silent-notifications",
    "credentials-refused",
    "buttons-hidden",
    "left-closed",
    "unmanaged",
]
_MOST: Any = Field(min_length=1, max_length=100)


def _key(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class AlertMailDocument(SmtpDocument):
    sender: Address = Field(
        title="Sender / 送信元アドレス",
        description="Address of the sender, of your own domain. 送信元のアドレス(自社のドメイン)。",
    )
    sender_name: Annotated[str, Field(min_length=1, max_length=100)] | None = _key(
        "Sender name / 送信元の表示名", "Default: reconciler.", "省略時はreconciler。"
    )


class ChannelDocument(Document):
    kind: ChannelKind = Field(
        title="Kind / 種類",
        description=(
            "webhook: a signed HTTP request. slack: a webhook of Slack or a compatible chat. mail: SMTP. apprise: any service"
            " that apprise knows. webhookは署名付きのHTTPリクエスト、slackはSlackまたは互換のチャット、mailはSMTP、"
            "appriseはappriseが対応するサービス。"
        ),
    )
    url: Annotated[str, TextFormat(CHANNEL_URL)] | None = _key(
        "Address / アドレス",
        "Where alerts are sent. For slack and apprise only a reference such as ref+env://NAME: their address is a secret.",
        "アラートの送信先。slackとappriseではアドレスが秘密情報のため、参照(例: ref+env://NAME)だけを書けます。",
    )
    secret: SecretReference | Annotated[list[SecretReference], Field(min_length=1, max_length=5)] | None = _key(
        "Secret / 署名の秘密情報",
        "For webhook: reference to the signing secret (whsec_...); several while it is rotated.",
        "webhookの署名に使う秘密情報(whsec_...)への参照。切り替え中は複数を指定できます。",
    )
    to: Annotated[list[Address], Field(min_length=1, max_length=20)] | None = _key(
        "Receivers / 宛先", "For mail: the addresses of the receivers.", "mailの宛先。"
    )
    language: Literal["en", "ja"] | None = _key(
        "Language / 言語", "Language of the texts. Default: en.", "文面の言語。省略時はen。"
    )


class RuleDocument(Document):
    """All criteria that are given must match."""

    severity: Literal["critical", "high", "medium", "low"] | None = _key(
        "Severity / 重大度", "Lowest severity that matches.", "一致する最低の重大度。"
    )
    finding_class: FindingClassName | Annotated[list[FindingClassName], _MOST] | None = Field(
        default=None,
        alias="class",
        title="Class / 種類",
        description="Class of the finding; any of several may match. 検出の種類(いずれか)。",
    )
    owner: Owner | Annotated[list[Owner], _MOST] | None = _key(
        "Owner / 担当者", "Owner of the finding; any of several may match.", "検出の担当者(いずれか)。"
    )
    group: Group | Annotated[list[Group], _MOST] | None = _key(
        "Group / グループ", "Group of the shop; any of several may match.", "店舗のグループ(いずれか)。"
    )
    label: Annotated[dict[LabelText, LabelGlob], Field(min_length=1, max_length=20)] | None = _key(
        "Label / 店舗ラベル",
        "Labels of the shop; each must match. `*` matches any text.",
        "店舗ラベル(すべて)。`*` は任意の文字列に一致します。",
    )
    channels: Annotated[list[ChannelName], Field(min_length=1, max_length=50)] | None = _key(
        "Channels / チャンネル", "Where it is sent. Default: all channels.", "送信先。省略時はすべてのチャンネル。"
    )
    when: Annotated[str, TextFormat(WHEN)] | None = _key(
        "When / 送信の時期",
        "`immediate`, `never`, or `digest` with a time of day in Japan. Default: immediate.",
        "`immediate`(すぐに送信)、`never`(送信しない)、または`digest`と時刻(日本時間)。省略時はimmediate。",
    )


class AlertsDocument(Document):
    api_version: Literal["reconciler/v1"] = Field(
        alias="apiVersion", title="Version / バージョン", description="Version of the format. 書式のバージョン。"
    )
    mail: AlertMailDocument | None = _key(
        "Mail / メール", "How mails are sent, for channels of kind mail.", "mailのチャンネルが使うメールの送信方法。"
    )
    channels: dict[ChannelName, ChannelDocument] = Field(
        title="Channels / チャンネル", description="Where alerts are sent, by name. アラートの送信先(名前ごと)。"
    )
    rules: list[RuleDocument] = Field(
        title="Rules / ルール",
        description=(
            "For each channel the first rule that matches a finding decides; without one nothing is sent."
            " チャンネルごとに、最初に一致したルールが適用されます。一致するルールがなければ送信しません。"
        ),
    )


def alerts_schema() -> Schema:
    """`schemas/alerts.schema.json`: `alerts.yaml`."""
    return published_schema(
        AlertsDocument,
        name="alerts",
        title="Alerts / アラート",
        description="Channels and rules of alerts about drift. 差分のアラートの送信先とルール。",
    )
