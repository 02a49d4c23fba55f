"""The `console` part of `reconciler.yaml`: who may read the operators' pages."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import ADDRESS_RANGE, HEADER, HOST, SECRET_REFERENCE


def _setting(title: str, english: str, japanese: str) -> Any:
    return Field(default=None, title=title, description=f"{english} {japanese}")


class ConsoleProxyDocument(Document):
    addresses: Annotated[list[Annotated[str, TextFormat(ADDRESS_RANGE)]], Field(min_length=1, max_length=100)] = Field(
        title="Addresses / アドレス",
        description="Addresses or ranges of the proxies whose headers are believed."
        " ヘッダーを信頼するプロキシのアドレスまたは範囲。",
    )
    header: Annotated[str, TextFormat(HEADER)] | None = _setting(
        "Header / ヘッダー",
        "Header in which the proxy names who signed in, such as X-Forwarded-User. Without it, the token is required.",
        "プロキシがサインインした人を伝えるヘッダー(例: X-Forwarded-User)。省略時はトークンが必要です。",
    )


class ConsoleDocument(Document):
    token: Annotated[str, TextFormat(SECRET_REFERENCE)] | None = _setting(
        "Token / トークン",
        "Reference to the token that operators sign in with, at least 16 characters, such as ref+env://NAME.",
        "サインインに使う16文字以上のトークンへの参照(例: ref+env://NAME)。",
    )
    proxy: ConsoleProxyDocument | None = _setting(
        "Proxy / プロキシ",
        "Proxies in front of the console, which may also sign people in.",
        "コンソールの手前に置くプロキシ。サインインも任せられます。",
    )
    hosts: Annotated[list[Annotated[str, TextFormat(HOST)]], Field(min_length=1, max_length=100)] | None = _setting(
        "Hosts / ホスト名",
        "Names under which browsers open the console. IP addresses and localhost need not be listed.",
        "ブラウザーでコンソールを開くときのホスト名。IPアドレスとlocalhostは不要です。",
    )
