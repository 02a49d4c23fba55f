"""The `ipn` part of `reconciler.yaml`: the settings of the sidecar."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import ENDPOINT, FILE, HOST, SECRET_REFERENCE, STORE, TOPIC, URL
from reconciler.core.model.formats import EMAIL

Port = Annotated[int, Field(ge=1, le=65535)]


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class SmtpDocument(Document):
    """How mails are sent."""

    host: Annotated[str, TextFormat(HOST)] = Field(
        title="Host / ホスト", description="SMTP server for mails. メールを送信するSMTPサーバー。"
    )
    port: Port | None = _setting(
        "Port / ポート", "Default: 587, or 465 if security is `tls`.", "省略時は587、securityがtlsの場合は465。"
    )
    security: Literal["starttls", "tls", "none"] | None = _setting(
        "Security / 暗号化",
        "`none` only for a server on this machine. Default: starttls.",
        "noneはこのマシン上のサーバーだけに使用できます。省略時はstarttls。",
    )
    username: Annotated[str, Field(min_length=1, max_length=320)] | None = _setting(
        "User / ユーザー", "User name, if the server requires a login.", "サーバーがログインを求める場合のユーザー名。"
    )
    password: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Password / パスワード",
        "Reference to the password, such as ref+env://NAME; not the password itself.",
        "パスワードへの参照(例: ref+env://NAME)。パスワードそのものは書けません。",
    )


class MailDocument(SmtpDocument):
    sender: Annotated[str, TextFormat(EMAIL)] | None = _setting(
        "Sender / 送信元アドレス",
        "Address of the sender. Use one of your own domain. Default: noreply@system.future-shop.net.",
        "自社のドメインのアドレスを指定してください。省略時はnoreply@system.future-shop.net。",
    )
    sender_name: Annotated[str, Field(min_length=1, max_length=100)] | None = _setting(
        "Sender name / 送信元の表示名",
        "Display name of the sender. Default: FutureShop2 Amazonセラーセントラル通知.",
        "省略時はFutureShop2 Amazonセラーセントラル通知。",
    )
    subject: Annotated[str, Field(min_length=1, max_length=200)] | None = _setting(
        "Subject / 件名",
        "Subject of the mails. Default: Amazonペイメント処理失敗通知.",
        "省略時はAmazonペイメント処理失敗通知。",
    )
    template: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Template / 本文のひな形",
        "UTF-8 text file of the mail. Placeholders: {shop}, {order}, {kind}, {object}, {reference}, {amount}, {currency},"
        " {state}, {reason}, {time}. Default: a Japanese text.",
        "本文のUTF-8テキストファイル。上記の差し込み項目を使用できます。省略時は付属の本文。",
    )
    hourly_per_shop: Annotated[int, Field(ge=1, le=10000)] | None = _setting(
        "Mails per hour / 1時間の上限",
        "Maximum number of mails per hour and shop. Default: 20.",
        "店舗ごとに1時間に送信する上限(通)。省略時は20。",
    )


class SidecarDocument(Document):
    topics: Annotated[list[Annotated[str, TextFormat(TOPIC)]], Field(min_length=1, max_length=100)] | None = _setting(
        "Topics / トピック",
        "ARNs of the Amazon SNS topics to accept, with {seller_id} in place of the SellerId. Required to receive notifications.",
        "受け付けるAmazon SNSトピックのARN。SellerIdの位置には{seller_id}と書きます。通知の受信に必要です。",
    )
    inbox: Annotated[str, TextFormat(STORE)] | None = _setting(
        "Inbox / 受信箱",
        "Where notifications are stored: a file or a postgresql:// address. Default: .reconciler/inbox.db.",
        "受信した通知の保存先。ファイルまたはpostgresql://のアドレス。省略時は.reconciler/inbox.db。",
    )
    max_age_days: Annotated[int, Field(ge=14, le=366)] | None = _setting(
        "Maximum age / 受け付ける日数",
        "Maximum age of a notification in days. Amazon retries for 14 days. Default: 21.",
        "通知を受け付ける期間(日)。Amazonは14日間再送します。省略時は21。",
    )
    sha1: Literal["accept", "refuse"] | None = _setting(
        "SHA-1 / SHA-1署名",
        "Whether to accept signatures of version 1 (SHA-1). Default: accept.",
        "バージョン1(SHA-1)の署名を受け付けるかどうか。省略時はaccept。",
    )
    certificates: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Certificates / 証明書",
        "Folder of pinned signing certificates, each under its own name. If set, none is fetched.",
        "固定する署名証明書のフォルダー。指定した場合、証明書は取得しません。",
    )
    payments: Annotated[str, TextFormat(URL)] | None = _setting(
        "Payments / 決済API",
        "Where to ask for the state of a charge. Default: the backend.",
        "決済の状態を問い合わせる先。省略時はバックエンド。",
    )
    poll_minutes: Annotated[int, Field(ge=1, le=10080)] | None = _setting(
        "Polling / 照合の間隔",
        "Interval in minutes at which unpaid orders are compared with Amazon. Default: 60.",
        "未入金の受注をAmazonの状態と照合する間隔(分)。省略時は60。",
    )
    silence_hours: Annotated[int, Field(ge=1, le=8760)] | None = _setting(
        "Missed notifications / 通知の未着",
        "Hours without a notification after which drift warns about a shop with captures. Default: 24.",
        "売上請求があるのに通知が届かない店舗について、driftが警告するまでの時間。省略時は24。",
    )
    other_endpoints: list[Annotated[str, TextFormat(ENDPOINT)]] | None = _setting(
        "Other endpoints / ほかのエンドポイント",
        "URLs that may be registered in Seller Central besides those of the shops. drift warns about any other.",
        "店舗のURLのほかにAmazonセラーセントラルへ登録してよいURL。それ以外はdriftが警告します。",
    )
    mail: MailDocument | None = _setting(
        "Mail / メール",
        "Mails about failed payments. Without it, mails stay in the outbox.",
        "決済失敗のメール。省略した場合、メールは送信されずに残ります。",
    )
