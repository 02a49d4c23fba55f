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


class MailDocument(Document):
    host: Annotated[str, TextFormat(HOST)] = Field(
        title="Host / ホスト", description="The SMTP server that takes the mails. メールを送るSMTPサーバー。"
    )
    port: Port | None = _setting(
        "Port / ポート", "Without it: 587, with security `tls` 465.", "省略時は587、securityがtlsなら465。"
    )
    security: Literal["starttls", "tls", "none"] | None = _setting(
        "Security / 暗号化",
        "`none` is for a server on this machine only. Without it: starttls.",
        "noneはこのマシン上のサーバーだけに使えます。省略時はstarttls。",
    )
    username: Annotated[str, Field(min_length=1, max_length=320)] | None = _setting(
        "User / ユーザー", "Who logs in, where the server asks.", "認証するユーザー名。"
    )
    password: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Password / パスワード",
        "Where the password is to be found, never the password itself.",
        "パスワードそのものではなく、その参照先。",
    )
    sender: Annotated[str, TextFormat(EMAIL)] | None = _setting(
        "Sender / 送信元アドレス",
        "Without it: noreply@system.future-shop.net.",
        "省略時はnoreply@system.future-shop.net。",
    )
    sender_name: Annotated[str, Field(min_length=1, max_length=100)] | None = _setting(
        "Sender's name / 送信元の表示名",
        "Without it: FutureShop2 Amazonセラーセントラル通知.",
        "省略時はFutureShop2 Amazonセラーセントラル通知。",
    )
    subject: Annotated[str, Field(min_length=1, max_length=200)] | None = _setting(
        "Subject / 件名", "Without it: Amazonペイメント処理失敗通知.", "省略時はAmazonペイメント処理失敗通知。"
    )
    template: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Template / 本文のひな形",
        "A UTF-8 text file with the places that docs/ipn.md lists. Without it: the one that comes along.",
        "docs/ipn.mdにある差し込み項目を使うUTF-8のテキスト。省略時は付属のもの。",
    )
    hourly_per_shop: Annotated[int, Field(ge=1, le=10000)] | None = _setting(
        "Mails an hour / 1時間の上限", "To one shop. Without it: 20.", "店舗ごとの上限。省略時は20。"
    )


class SidecarDocument(Document):
    topics: Annotated[list[Annotated[str, TextFormat(TOPIC)]], Field(min_length=1, max_length=100)] | None = _setting(
        "Topics / トピック",
        "The Amazon SNS topics that are believed; without one, no notification is.",
        "受け付けるAmazon SNSトピック。なければ、どの通知も受け付けません。",
    )
    inbox: Annotated[str, TextFormat(STORE)] | None = _setting(
        "Inbox / 受信箱",
        "What was received: a file, or a postgresql:// address. Without it: .reconciler/inbox.db.",
        "受信した通知の置き場所。ファイルまたはpostgresql://のアドレス。省略時は.reconciler/inbox.db。",
    )
    max_age_days: Annotated[int, Field(ge=14, le=366)] | None = _setting(
        "Oldest / 受け付ける日数",
        "How old a genuine notification may be: Amazon tries again for 14 days. Without it: 21.",
        "通知を受け付ける期間(日)。Amazonは14日間再送します。省略時は21。",
    )
    sha1: Literal["accept", "refuse"] | None = _setting(
        "SHA-1 / SHA-1署名",
        "Whether signatures of version 1 count. Without it: accept.",
        "バージョン1の署名を受け付けるか。省略時はaccept。",
    )
    certificates: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Certificates / 証明書",
        "A folder of pinned signing certificates, each under its own name; nothing is fetched then.",
        "署名証明書を固定するフォルダー。指定すると取得はしません。",
    )
    payments: Annotated[str, TextFormat(URL)] | None = _setting(
        "Payments / 決済API",
        "Where the state of a charge is asked. Without it: the backend.",
        "決済の状態を問い合わせる先。省略時はバックエンド。",
    )
    poll_minutes: Annotated[int, Field(ge=1, le=10080)] | None = _setting(
        "Polling / 照合の間隔",
        "How often orders that wait for payment are compared with Amazon's state. Without it: 60.",
        "入金待ちの受注をAmazonの状態と照合する間隔(分)。省略時は60。",
    )
    silence_hours: Annotated[int, Field(ge=1, le=8760)] | None = _setting(
        "Silence / 通知なし",
        "After how long without a notification drift says so, where captures happen. Without it: 24.",
        "売上があるのに通知が届かない場合、何時間で知らせるか。省略時は24。",
    )
    other_endpoints: list[Annotated[str, TextFormat(ENDPOINT)]] | None = _setting(
        "Other endpoints / ほかのエンドポイント",
        "URLs that may be registered at Seller Central beside the shops' own; of any other, drift says so.",
        "店舗のもの以外にセラーセントラルへ登録してよいURL。それ以外はdriftが知らせます。",
    )
    mail: MailDocument | None = _setting(
        "Mail / メール", "Who takes the mails on failed payments.", "決済失敗のメールを送るサーバー。"
    )
