"""The `watch` part of `reconciler.yaml`: how the fleet is watched."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import DURATION, SECRET_REFERENCE


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class WebhooksDocument(Document):
    backend: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Backend / バックエンド",
        "Reference to the secret that signs the backend's change webhooks, such as ref+env://NAME.",
        "バックエンドの変更Webhookに署名する秘密情報への参照(例: ref+env://NAME)。",
    )
    github: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "GitHub / GitHubのWebhook",
        "Reference to the secret of the repository's webhook at GitHub.",
        "GitHubのリポジトリのWebhookに設定した秘密情報への参照。",
    )
    gitlab: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "GitLab / GitLabのWebhook",
        "Reference to the token of the project's webhook at GitLab.",
        "GitLabのプロジェクトのWebhookに設定したトークンへの参照。",
    )


class WatchDocument(Document):
    period: Annotated[str, TextFormat(DURATION)] | None = _setting(
        "Period / 確認の周期",
        "Time within which every shop is checked at least once. Default: 6h.",
        "すべての店舗を少なくとも一度確認する周期。省略時は6h。",
    )
    complete: Annotated[str, TextFormat(DURATION)] | None = _setting(
        "Complete check / 全体の確認",
        "Time within which the fleet is checked as a whole, which also finds shops without a manifest. Default: 1d.",
        "全店舗をまとめて確認する周期。マニフェストのない店舗も検出します。省略時は1d。",
    )
    poll: Annotated[str, TextFormat(DURATION)] | None = _setting(
        "Poll / 問い合わせの間隔",
        "Interval at which the backend and Git are queried for changes. Default: 10s.",
        "バックエンドとGitに変更を問い合わせる間隔。省略時は10s。",
    )
    batch: Annotated[int, Field(ge=1, le=10000)] | None = _setting(
        "Batch / 一度に確認する店舗数",
        "Maximum number of shops in one check. Default: 200.",
        "一度の確認に含める店舗数の上限。省略時は200。",
    )
    pull: bool | None = _setting(
        "Pull / リモートの取り込み",
        "Whether the checkout is fast-forwarded to its remote branch. Default: false.",
        "チェックアウトをリモートのブランチまで早送りするかどうか。省略時はfalse。",
    )
    requests_per_second: Annotated[float, Field(gt=0, le=1000)] | None = _setting(
        "Requests per second / 毎秒のリクエスト数",
        "Maximum over all shops. It is halved while the backend answers 429. Default: 10.",
        "全店舗の合計の上限。バックエンドが429を返す間は半分に下げます。省略時は10。",
    )
    webhooks: WebhooksDocument | None = _setting(
        "Webhooks / Webhookの受信",
        "Secrets of the webhooks that are accepted on the port of `watch`. Default: none is accepted.",
        "watchのポートで受け付けるWebhookの秘密情報。省略時は受け付けません。",
    )
