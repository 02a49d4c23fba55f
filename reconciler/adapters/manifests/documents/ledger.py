"""`accepted-drift.yaml`: differences that were accepted for a time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import DAY, PLACE
from reconciler.adapters.manifests.documents.json_schema import Schema, published_schema
from reconciler.core.findings.acceptance import LONGEST_TEXT
from reconciler.core.model.formats import SHOP_KEY

Words = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class AcceptedDocument(Document):
    shop: Annotated[str, TextFormat(SHOP_KEY)] = Field(title="Shop / 店舗", description="Shop key. 店舗キー。")
    field: Annotated[str, TextFormat(PLACE)] = Field(
        title="Field / 項目", description="Manifest key. マニフェストのキー。"
    )
    value: bool | str | None = Field(
        title="Value / 値",
        description="The observed value that is accepted; null: not set. 受け入れる管理画面側の値。nullは未設定。",
    )
    until: Annotated[str, TextFormat(DAY)] = Field(
        title="Until / 期限", description="The last day, in Japan. 最終日(日本時間)。"
    )
    owner: Words = Field(title="Owner / 担当者", description="Who accepted it. 受け入れた人。")
    reason: Words = Field(title="Reason / 理由", description="Why. 理由。")


class LedgerDocument(Document):
    api_version: Literal["reconciler/v1"] = Field(
        alias="apiVersion", title="Version / バージョン", description="Version of the format. 書式のバージョン。"
    )
    accepted: list[AcceptedDocument] = Field(title="Accepted / 受け入れた差分", description="Entries. 項目の一覧。")


def ledger_schema() -> Schema:
    """`schemas/accepted-drift.schema.json`: the ledger of accepted drift."""
    return published_schema(
        LedgerDocument,
        name="accepted-drift",
        title="Accepted drift / 受け入れた差分",
        description="Differences that are accepted until a day. 期限付きで受け入れた差分。",
    )
