"""`reconciler.yaml`: where the manifests and the backend are, and the limits of a run. Every key is optional."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import (
    BACKEND,
    CLIENT,
    CONTACT,
    DATABASE,
    FILE,
    KIND,
    PERCENTAGE,
    RUNBOOK_URL,
    SECRET_REFERENCE,
    SITE_URL,
    STORE,
    URL,
)
from reconciler.adapters.settings.console_documents import ConsoleDocument
from reconciler.adapters.settings.heal_documents import HealDocument
from reconciler.adapters.settings.scale_documents import ScaleDocument
from reconciler.adapters.settings.sidecar_documents import SidecarDocument
from reconciler.adapters.settings.watch_documents import WatchDocument
from reconciler.core.findings.runbooks import Runbooks, RunbookTeam

Count = Annotated[int, Field(ge=1)]
InFlight = Annotated[int, Field(ge=1, le=1024)]
Rate = Annotated[float, Field(gt=0, le=1000)]
Seconds = Annotated[float, Field(gt=0, le=3600)]


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class BackendDocument(Document):
    url: Annotated[str, TextFormat(URL)] = Field(
        title="Address / アドレス", description="Address of the admin API. 管理APIのアドレス。"
    )
    kind: Annotated[str, TextFormat(KIND)] | None = _setting(
        "Kind / 種類", "Adapter for the backend. Default: http.", "接続に使うアダプター。省略時はhttp。"
    )
    client_id: Annotated[str, TextFormat(CLIENT)] | None = _setting(
        "Client id / クライアントID", "Id of the OAuth client.", "OAuthクライアントのID。"
    )
    client_secret: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Client secret / クライアントシークレット",
        "Reference to the secret, such as ref+env://NAME; not the secret itself.",
        "クライアントシークレットへの参照(例: ref+env://NAME)。値そのものは書けません。",
    )


class ChangeWebhookDocument(Document):
    url: Annotated[str, TextFormat(URL)] = Field(
        title="Address / アドレス",
        description="Address that changes are posted to, for example the one of `reconciler watch`: "
        "http://127.0.0.1:8768/webhooks/backend. 変更の送信先のアドレス。",
    )
    secret: Annotated[str, TextFormat(SECRET_REFERENCE)] = Field(
        title="Secret / 秘密情報",
        description="Reference to the secret that signs them, such as ref+env://NAME: whsec_ and base64. "
        "署名に使う秘密情報への参照。",
    )


class EmbeddedDocument(Document):
    database: Annotated[str, TextFormat(DATABASE)] | None = _setting(
        "Database / データベース",
        "Database file of the embedded backend. Default: .reconciler/embedded.db.",
        "組み込みバックエンドのデータベースファイル。省略時は.reconciler/embedded.db。",
    )
    seed: Annotated[str, TextFormat(FILE)] | None = _setting(
        "Seed / 初期データ",
        "File with the initial contents of an empty database.",
        "空のデータベースに最初に入れるデータのファイル。",
    )
    site_url: Annotated[str, TextFormat(SITE_URL)] | None = _setting(
        "Issued site URL / 発行する販売事業者様サイトURL",
        "販売事業者様サイトURL that the embedded backend issues to new shops, with {shop_key}."
        " Default: https://ipn.platform.example/amazon-pay/{shop_key}.",
        "組み込みバックエンドが新しい店舗に発行する販売事業者様サイトURL。{shop_key}を含めます。"
        "省略時はhttps://ipn.platform.example/amazon-pay/{shop_key}。",
    )
    webhook: ChangeWebhookDocument | None = _setting(
        "Change webhook / 変更のWebhook",
        "Where `serve backend` posts which shops were changed, signed as Standard Webhooks says. Default: nowhere.",
        "`serve backend`が変更された店舗を通知する宛先。Standard Webhooksの方式で署名します。省略時は通知しません。",
    )


class StoreDocument(Document):
    database: Annotated[str, TextFormat(STORE)] | None = _setting(
        "Database / データベース",
        "A file or a postgresql:// address. Default: .reconciler/journal.db.",
        "ファイルまたはpostgresql://のアドレス。省略時は.reconciler/journal.db。",
    )
    retention: Annotated[int, Field(ge=1, le=3650)] | None = _setting(
        "Retention / 保存日数",
        "Days after which `store prune` deletes runs, drift checks and resolved findings. Nothing is deleted automatically.",
        "store pruneが実行、差分の確認、解消済みの検出を削除するまでの日数。自動では削除されません。",
    )


class LimitsDocument(Document):
    fleet_share: Annotated[str, TextFormat(PERCENTAGE)] | None = _setting(
        "Share of the fleet / 変更する店舗の割合",
        "Maximum share of the shops in scope that one run may change. Default: 30%.",
        "一度の実行で変更してよい店舗の割合。省略時は30%。",
    )
    fleet_share_from: Count | None = _setting(
        "Share applies from / 割合を適用する店舗数",
        "Number of shops in scope from which the share applies. Default: 10.",
        "割合の上限を適用する最小の店舗数。省略時は10。",
    )
    closed_at_once: Annotated[int, Field(ge=0)] | None = _setting(
        "Closed at once / 同時に閉店する店舗数",
        "Maximum number of shops that one run may close. Default: 20.",
        "一度の実行で閉店してよい店舗数。省略時は20。",
    )
    plan_age: Annotated[int, Field(ge=1, le=366)] | None = _setting(
        "Age of plans / 計画の期限",
        "Days for which a saved plan may be applied. Default: 7.",
        "保存した計画を作成後に適用できる日数。省略時は7。",
    )
    closed_seconds: Seconds | None = _setting(
        "Maximum closure / 閉店の上限時間",
        "Seconds for which a shop may be closed. After that it is reopened, finished or not. Default: 300.",
        "変更のために閉店してよい秒数。これを過ぎると、途中でも開店に戻します。省略時は300。",
    )
    lease_seconds: Annotated[float, Field(ge=1, le=3600)] | None = _setting(
        "Lease / リースの有効期間",
        "Seconds after the last renewal after which another run may continue with the shop. Default: 60.",
        "最後の更新から、別の実行が店舗を引き継げるようになるまでの秒数。省略時は60。",
    )


class PaceDocument(Document):
    requests_per_second: Rate | None = _setting(
        "Requests per second / 毎秒のリクエスト数",
        "Maximum per shop; shops are processed in parallel. Default: 1.",
        "店舗ごとの上限。店舗は並行して処理します。省略時は1。",
    )
    in_flight: InFlight | None = _setting(
        "In flight / 同時リクエスト数",
        "Maximum number of concurrent requests. Default: 16.",
        "同時に実行するリクエスト数の上限。省略時は16。",
    )


class TimeoutsDocument(Document):
    connect: Seconds | None = _setting(
        "Connect / 接続",
        "Seconds to wait for a connection. Default: 5.",
        "接続を待つ秒数。省略時は5。",
    )
    read: Seconds | None = _setting(
        "Read / 応答",
        "Seconds to wait for a response. Default: 30.",
        "応答を待つ秒数。省略時は30。",
    )
    store: Annotated[float, Field(ge=1, le=3600)] | None = _setting(
        "Store / 保存先",
        "Seconds to wait for the store. After that the run stops and reopens its shops. Default: 30.",
        "保存先の応答を待つ秒数。これを過ぎると実行を停止し、閉店した店舗を開店に戻します。省略時は30。",
    )


class EscalationDocument(Document):
    payments: Annotated[str, TextFormat(CONTACT)] | None = _setting(
        "Payments / 決済",
        "Contact of the team that knows orders and Seller Central, such as payments-oncall@example.com.",
        "受注とAmazonセラーセントラルを担当するチームの連絡先(例: payments-oncall@example.com)。",
    )
    operations: Annotated[str, TextFormat(CONTACT)] | None = _setting(
        "Operations / 運用",
        "Contact of the team that runs the tool, such as +81-3-0000-0000.",
        "ツールを運用するチームの連絡先(例: +81-3-0000-0000)。",
    )


class RunbooksDocument(Document):
    url: Annotated[str, TextFormat(RUNBOOK_URL)] | None = _setting(
        "Address / アドレス",
        "Address of a section of the runbooks, with {page} and {section}, and {language} (en or ja) where both languages are"
        " published. Default: the pages of the documentation.",
        "運用手順書の節のアドレス。{page}と{section}を含めます。日英両方を公開している場合は{language}(enまたはja)も使えます。"
        "省略時はドキュメントのページ。",
    )
    escalation: EscalationDocument | None = _setting(
        "Escalation / エスカレーション先",
        "Whom to contact when the runbook does not help, by team. Shown with findings and in alerts.",
        "運用手順書で解決しない場合の連絡先(チーム別)。検出とアラートに表示します。",
    )

    def runbooks(self) -> Runbooks:
        contacts = {} if self.escalation is None else self.escalation.model_dump(exclude_none=True)
        return Runbooks(url=self.url, escalation={RunbookTeam(team): contact for team, contact in contacts.items()})


class SettingsDocument(Document):
    manifests: (
        Annotated[str, TextFormat(FILE)]
        | Annotated[list[Annotated[str, TextFormat(FILE)]], Field(min_length=1, max_length=100)]
        | None
    ) = _setting(
        "Manifests / マニフェスト",
        "Folder of the manifests, relative to this file, or a list of folders that are one fleet. Default: shops.",
        "マニフェストのフォルダー(このファイルからの相対パス)。複数のフォルダーを1つの店舗群とする場合はリスト。省略時はshops。",
    )
    backend: Annotated[str, TextFormat(BACKEND)] | BackendDocument | None = _setting(
        "Backend / バックエンド",
        "`embedded`, an address, or an address with credentials. Default: embedded.",
        "`embedded`、アドレス、または認証情報つきのアドレス。省略時はembedded。",
    )
    embedded: EmbeddedDocument | None = _setting(
        "Embedded backend / 組み込みバックエンド", "Files of the embedded backend.", "組み込みバックエンドのファイル。"
    )
    store: Annotated[str, TextFormat(STORE)] | StoreDocument | None = _setting(
        "Store / 保存先",
        "Where the journal and the leases are stored: a file or a postgresql:// address, or a mapping with it and a retention."
        " Default: .reconciler/journal.db.",
        "ジャーナルとリースの保存先。ファイルまたはpostgresql://のアドレス、あるいは保存日数を含むマッピング。"
        "省略時は.reconciler/journal.db。",
    )
    environment: Literal["production", "sandbox"] | None = _setting(
        "Environment / 環境",
        "Environment at Amazon in which IPN endpoints are registered. Default: production.",
        "IPNエンドポイントを登録するAmazon側の環境。省略時はproduction。",
    )
    limits: LimitsDocument | None = _setting(
        "Limits / 上限",
        "Limits of one run; beyond them it needs --allow.",
        "一度の実行の上限。超える場合は--allowが必要です。",
    )
    pace: PaceDocument | None = _setting(
        "Pace / 速さ", "Rate of requests to the backend.", "バックエンドへのリクエストの速さ。"
    )
    timeouts: TimeoutsDocument | None = _setting(
        "Timeouts / タイムアウト", "How long to wait for responses.", "応答を待つ時間。"
    )
    executor: Literal["local", "procrastinate"] | None = _setting(
        "Executor / 実行方式",
        "Who does the work of `drift` and `apply`: the command itself, or workers on any number of hosts. Default: local.",
        "driftとapplyの処理を行うもの。local(コマンド自身)またはprocrastinate(任意の台数のワーカー)。省略時はlocal。",
    )
    scale: ScaleDocument | None = _setting(
        "Scale / 規模", "How a fleet is divided among workers.", "全店舗の処理をワーカーに分ける方法。"
    )
    ipn: SidecarDocument | None = _setting(
        "IPN sidecar / IPN受信",
        "Settings of the receiver of Amazon's notifications.",
        "Amazonからの通知を受信するサイドカーの設定。",
    )
    heal: HealDocument | None = _setting(
        "Healing / 自動修復",
        "Which drift is undone without a person. Default: none.",
        "担当者の操作なしに元に戻す差分。省略時は何もしません。",
    )
    watch: WatchDocument | None = _setting(
        "Watch / 監視", "How `watch` keeps the fleet checked.", "watchが店舗を確認し続ける方法。"
    )
    console: ConsoleDocument | None = _setting(
        "Console / コンソール", "Who may read the pages of `serve console`.", "serve consoleのページを閲覧できる人。"
    )
    runbooks: RunbooksDocument | None = _setting(
        "Runbooks / 運用手順書",
        "Where the runbooks of findings are, and whom to contact when they do not help.",
        "検出の運用手順書の場所と、解決しない場合の連絡先。",
    )
