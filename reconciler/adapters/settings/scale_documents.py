"""The `scale` part of `reconciler.yaml`: how a fleet is divided among workers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import DURATION, REPOSITORY


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class ScaleDocument(Document):
    look_chunk: Annotated[int, Field(ge=500, le=5000)] | None = _setting(
        "Chunk of a look / 確認のチャンク",
        "Number of shops that a worker checks at a time. Default: 2000.",
        "ワーカーが一度に確認する店舗数。省略時は2000。",
    )
    apply_chunk: Annotated[int, Field(ge=25, le=100)] | None = _setting(
        "Chunk of an apply / 適用のチャンク",
        "Number of shops that a worker applies at a time. Default: 50.",
        "ワーカーが一度に適用する店舗数。省略時は50。",
    )
    stall: Annotated[str, TextFormat(DURATION)] | None = _setting(
        "Stall limit / 応答のない時間の上限",
        "Time without a heartbeat after which another worker continues. Default: 120s.",
        "応答がないワーカーのチャンクを別のワーカーが引き継ぐまでの時間。省略時は120s。",
    )
    mirror: Annotated[str, TextFormat(REPOSITORY)] | None = _setting(
        "Mirror / ミラー",
        "Path or URL of the repository that workers read commits from. Default: the repository of the manifests.",
        "ワーカーがコミットを読み取るリポジトリのパスまたはURL。省略時はマニフェストのリポジトリ。",
    )
    chunks: Annotated[int, Field(ge=1, le=64)] | None = _setting(
        "Chunks at a time / 同時に処理するチャンク数",
        "Number of chunks that one worker processes at the same time. Default: 1.",
        "1つのワーカーが同時に処理するチャンク数。省略時は1。",
    )
    requests_per_second: Annotated[float, Field(gt=0, le=10000)] | None = _setting(
        "Requests per second / 毎秒のリクエスト数",
        "Maximum over all workers. It is halved while the backend answers 429. Default: 10.",
        "全ワーカーの合計の上限。バックエンドが429を返す間は半分に下げます。省略時は10。",
    )
    listen_notify: bool | None = _setting(
        "Listen and notify / 通知による起動",
        "Whether the database wakes workers. Set it to false behind PgBouncer: workers then poll. Default: true.",
        "データベースからの通知でワーカーを起動するかどうか。PgBouncerを使う場合はfalseにします。省略時はtrue。",
    )
