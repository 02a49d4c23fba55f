"""`reconciler.yaml`: where the manifests and the backend are, and the limits of a run. Every key is optional."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import (
    BACKEND,
    CLIENT,
    DATABASE,
    FILE,
    KIND,
    PERCENTAGE,
    SECRET_REFERENCE,
    STORE,
    URL,
)
from reconciler.adapters.settings.sidecar_documents import SidecarDocument

Count = Annotated[int, Field(ge=1)]
InFlight = Annotated[int, Field(ge=1, le=1024)]
Rate = Annotated[float, Field(gt=0, le=1000)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class BackendDocument(Document):
    url: Annotated[str, TextFormat(URL)] = Field(
        title="Address / アドレス", description="Where the admin API is. 管理APIのアドレス。"
    )
    kind: Annotated[str, TextFormat(KIND)] | None = _setting(
        "Kind / 種類", "The adapter that speaks to it. Without it: http.", "接続に使うアダプター。省略時はhttp。"
    )
    client_id: Annotated[str, TextFormat(CLIENT)] | None = _setting(
        "Client id / クライアントID", "Of the OAuth client.", "OAuthクライアントのID。"
    )
    client_secret: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Client secret / クライアントシークレット",
        "Where the secret is to be found, never the secret itself.",
        "シークレットそのものではなく、その参照先。",
    )


class EmbeddedDocument(Document):
    database: Annotated[str, TextFormat(DATABASE)] | None = _setting(
        "Database / データベース",
        "The file of the embedded backend. Without it: .reconciler/embedded.db.",
        "組み込みバックエンドのファイル。省略時は.reconciler/embedded.db。",
    )
    seed: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Seed / 初期データ", "What an empty database starts with.", "空のデータベースに最初に入れるデータ。"
    )


class LimitsDocument(Document):
    fleet_share: Annotated[str, TextFormat(PERCENTAGE)] | None = _setting(
        "Share of the fleet / 変更する店舗の割合",
        "The share of the shops in scope that one run may change. Without it: 30%.",
        "一度に変更してよい店舗の割合。省略時は30%。",
    )
    fleet_share_from: Count | None = _setting(
        "Fleet from / 割合を見る店舗数",
        "The number of shops in scope from which the share counts. Without it: 10.",
        "割合の制限がかかる店舗数。省略時は10。",
    )
    closed_at_once: Annotated[int, Field(ge=0)] | None = _setting(
        "Closed at once / 同時に閉店する店舗数",
        "How many shops one run may close. Without it: 20.",
        "一度の実行で閉店してよい店舗数。省略時は20。",
    )
    plan_age: Annotated[int, Field(ge=1, le=366)] | None = _setting(
        "Age of plans / 計画の期限",
        "For how many days a saved plan may be applied after it was made. Without it: 7.",
        "保存した計画を作成後に適用できる日数。省略時は7。",
    )
    closed_seconds: Seconds | None = _setting(
        "Closed for / 閉店の長さ",
        "How many seconds a shop may be closed for its changes; then it is reopened, done or not. Without it: 300.",
        "変更のために閉店してよい秒数。過ぎると途中でも開店に戻します。省略時は300。",
    )
    lease_seconds: Annotated[float, Field(ge=1, le=3600)] | None = _setting(
        "Lease / リースの長さ",
        "After how many seconds without a renewal another run may take a shop over. Without it: 60.",
        "更新が途絶えてから、別の実行が店舗を引き継げるようになるまでの秒数。省略時は60。",
    )


class PaceDocument(Document):
    requests_per_second: Rate | None = _setting(
        "Requests a second / 毎秒のリクエスト数",
        "To one shop; many shops go in parallel. Without it: 1.",
        "店舗ごとの上限。店舗どうしは並行します。省略時は1。",
    )
    in_flight: InFlight | None = _setting(
        "In flight / 同時リクエスト数",
        "How many requests may be under way at once. Without it: 16.",
        "同時に実行するリクエスト数。省略時は16。",
    )


class TimeoutsDocument(Document):
    connect: Seconds | None = _setting("Connect / 接続", "Seconds. Without it: 5.", "秒。省略時は5。")
    read: Seconds | None = _setting("Read / 応答", "Seconds. Without it: 30.", "秒。省略時は30。")
    store: Annotated[float, Field(ge=1, le=3600)] | None = _setting(
        "Store / 記録",
        "Seconds that the store may take for one answer; then the run stops and reopens its shops. Without it: 30.",
        "記録の置き場所の応答を待つ秒数。過ぎると実行を止め、閉店した店舗を開店に戻します。省略時は30。",
    )


class SettingsDocument(Document):
    manifests: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Manifests / マニフェスト",
        "The folder of the manifests, from this file's folder. Without it: shops.",
        "マニフェストのフォルダー(このファイルからの相対パス)。省略時はshops。",
    )
    backend: Annotated[str, TextFormat(BACKEND)] | BackendDocument | None = _setting(
        "Backend / バックエンド",
        "`embedded`, an address, or an address with credentials. Without it: embedded.",
        "`embedded`、アドレス、または認証情報つきのアドレス。省略時はembedded。",
    )
    embedded: EmbeddedDocument | None = _setting(
        "Embedded backend / 組み込みバックエンド", "Where it keeps its world.", "データの置き場所。"
    )
    store: Annotated[str, TextFormat(STORE)] | None = _setting(
        "Store / 記録の置き場所",
        "The journal and the leases: a file, or a postgresql:// address. Without it: .reconciler/journal.db.",
        "実行記録とリースの置き場所。ファイルまたはpostgresql://のアドレス。省略時は.reconciler/journal.db。",
    )
    environment: Literal["production", "sandbox"] | None = _setting(
        "Environment / 環境",
        "The environment at Amazon that IPN endpoints are registered in. Without it: production.",
        "IPNエンドポイントを登録するAmazon側の環境。省略時はproduction。",
    )
    limits: LimitsDocument | None = _setting(
        "Limits / 上限", "What one run may do without being asked again.", "一度の実行で確認なしに行える範囲。"
    )
    pace: PaceDocument | None = _setting(
        "Pace / 速さ", "How fast the backend is asked.", "バックエンドへの問い合わせの速さ。"
    )
    timeouts: TimeoutsDocument | None = _setting(
        "Timeouts / タイムアウト", "How long an answer is waited for.", "応答を待つ時間。"
    )
    ipn: SidecarDocument | None = _setting(
        "IPN sidecar / IPN受信",
        "What the receiver of Amazon's notifications needs.",
        "Amazonからの通知の受信に関する設定。",
    )
