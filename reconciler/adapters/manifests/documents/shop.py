"""The whole manifest of one shop, and what a shared file (`_defaults.yaml`, `_groups/*.yaml`) may hold of it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reconciler.adapters.manifests.documents.amazon import AmazonDocument
from reconciler.adapters.manifests.documents.base import Document, TextFormat, section, tool_field
from reconciler.adapters.manifests.documents.sections import (
    MaintenanceDocument,
    PaymentDocument,
    SellerCentralDocument,
    StorefrontDocument,
)
from reconciler.core.model.formats import GROUP, LABEL, SHOP_KEY
from reconciler.core.model.kinds import AMAZON_PAY_PAYMENT, AMAZON_SETTINGS, IPN_ENDPOINT, STOREFRONT_STATUS

API_VERSION: Final = "reconciler/v1"


_TITLE: Final = "Version / バージョン"
_DESCRIPTION: Final = "Version of the format. 書式のバージョン。"


class _Versioned(Document):
    api_version: Literal["reconciler/v1"] | None = Field(
        default=None, alias="apiVersion", title=_TITLE, description=_DESCRIPTION
    )


class _Named(Document):
    api_version: Literal["reconciler/v1"] = Field(alias="apiVersion", title=_TITLE, description=_DESCRIPTION)
    shop: Annotated[str, TextFormat(SHOP_KEY)] = Field(
        title="Shop key / 店舗キー",
        description="Shop key; the same as the name of the file without .yaml. 店舗キー。ファイル名(.yamlなし)と同じです。",
    )


class _Sections(Document):
    group: Annotated[str, TextFormat(GROUP)] | None = tool_field(
        "Group / グループ",
        english="File in _groups (without .yaml) whose values this shop inherits. All shops inherit from _defaults.yaml.",
        japanese="値を継承する _groups のファイル名(.yamlなし)。_defaults.yaml の値はすべての店舗が継承します。",
    )
    labels: dict[Annotated[str, TextFormat(LABEL)], Annotated[str, TextFormat(LABEL)] | None] | None = tool_field(
        "Labels / 店舗ラベル",
        english="Your own labels for selecting shops: `--label wave=canary`.",
        japanese="店舗を選択するための任意の店舗ラベル。`--label wave=canary` のように使います。",
    )
    amazon: AmazonDocument | None = section(
        "Amazon settings",
        AMAZON_SETTINGS,
        english="Amazon settings of the shop. Omitted fields are not managed.",
        japanese="店舗のAmazon設定。省略した項目は管理しません。",
    )
    payment: PaymentDocument | None = section(
        "Payment",
        AMAZON_PAY_PAYMENT,
        english="Payment settings of Amazon Pay.",
        japanese="Amazon Payの決済設定。",
    )
    seller_central: SellerCentralDocument | None = section(
        "Seller Central",
        IPN_ENDPOINT,
        english="What is registered at Amazon.",
        japanese="Amazon側での登録。",
    )
    storefront: StorefrontDocument | None = section(
        "Storefront",
        STOREFRONT_STATUS,
        english="Whether the shop is open.",
        japanese="店舗の開店・閉店。",
    )
    maintenance: MaintenanceDocument | None = tool_field(
        "Maintenance / メンテナンス",
        english="What reconciler may do to the shop, and when.",
        japanese="reconcilerが店舗に対して実行してよい操作と、その時間帯。",
    )


class SharedDocument(_Sections, _Versioned):
    """A file that is laid under shops: any part of a manifest but the shop's own name."""


class ShopDocument(_Sections, _Named):
    """One shop, after its defaults and groups were laid under it."""
