"""`_attestations/SHOP.yaml`: what people attest of one shop."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.base import Document, TextFormat
from reconciler.adapters.manifests.documents.formats import DAY
from reconciler.adapters.manifests.documents.json_schema import Schema, published_schema
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.onboarding.attestations import AttestedItem


class AttestedDocument(Document):
    by: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        title="By / 確認者", description="The person who checked it. 確認した人。"
    )
    date: Annotated[str, TextFormat(DAY)] = Field(
        title="Date / 確認日", description="The day of the check, in Japan. 確認した日(日本時間)。"
    )
    expires: Annotated[str, TextFormat(DAY)] = Field(
        default=None,  # type: ignore[assignment]  # no null in the file
        title="Expires / 期限",
        description="The last day on which it holds. 有効な最終日。",
    )
    note: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        default=None,  # type: ignore[assignment]  # as above
        title="Note / メモ",
        description="What was checked, or where. 確認した内容や場所。",
    )


def _item(item: AttestedItem, english: str, japanese: str, about: str) -> Any:
    return Field(default=None, alias=item.value, title=f"{english} / {japanese}", description=about)


class AttestedItemsDocument(Document):
    ipn_endpoint: AttestedDocument = _item(
        AttestedItem.IPN_ENDPOINT,
        "IPN endpoint",
        "IPNの登録",
        "The shop's URL is registered in Seller Central. 販売事業者様サイトURLがAmazonセラーセントラルに登録されています。",
    )
    javascript_origins: AttestedDocument = _item(
        AttestedItem.JAVASCRIPT_ORIGINS,
        "JavaScript origins",
        "JavaScriptオリジン",
        "The shop's site is an allowed JavaScript origin. 店舗のサイトが許可されたJavaScriptオリジンです。",
    )
    privacy_url: AttestedDocument = _item(
        AttestedItem.PRIVACY_URL,
        "Privacy policy URL",
        "プライバシーポリシーのURL",
        "Amazon shows the shop's privacy policy. AmazonがプライバシーポリシーのURLを表示します。",
    )
    shop_name: AttestedDocument = _item(
        AttestedItem.SHOP_NAME,
        "Shop name",
        "店舗名",
        "Amazon shows the right name of the shop. Amazonが正しい店舗名を表示します。",
    )
    test_order: AttestedDocument = _item(
        AttestedItem.TEST_ORDER,
        "Test order",
        "テスト注文",
        "An order was placed and paid. 注文から入金までを確認しました。",
    )
    revoked_at_amazon: AttestedDocument = _item(
        AttestedItem.REVOKED_AT_AMAZON,
        "Revoked at Amazon",
        "Amazonでの許可の取り消し",
        "The platform's API access is revoked in Seller Central. プラットフォームのAPIアクセスを取り消しました。",
    )
    authorisations_closed: AttestedDocument = _item(
        AttestedItem.AUTHORISATIONS_CLOSED,
        "Authorisations closed",
        "オーソリの終了",
        "No authorisation is open any more. 有効なオーソリは残っていません。",
    )


class AttestationsDocument(Document):
    api_version: Literal["reconciler/v1"] = Field(
        alias="apiVersion", title="Version / バージョン", description="Version of the format. 書式のバージョン。"
    )
    shop: Annotated[str, TextFormat(SHOP_KEY)] = Field(
        title="Shop / 店舗", description="Shop key, the same as the file name. 店舗キー。ファイル名と同じです。"
    )
    attested: AttestedItemsDocument = Field(
        default=AttestedItemsDocument(),
        title="Attested / 確認済みの項目",
        description="One entry per item. 項目ごとの記録。",
    )


def attestations_schema() -> Schema:
    """`schemas/attestations.schema.json`: what people attest of one shop."""
    return published_schema(
        AttestationsDocument,
        name="attestations",
        title="Attestations / 確認の記録",
        description="What people attest of one shop. 1店舗について人が確認した記録。",
    )
