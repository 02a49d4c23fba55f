"""The columns of an export of the former admin, 「以前からの管理画面」, and their places in a manifest.

Three vocabularies name one thing (使用設定 and 利用設定; 設定する and 利用する; Amazonペイメント,
Amazonログイン&ペイメント and Amazon Pay): all are understood. In: a header of the file. Out: its column, or
None. Punctuation, spaces, widths and the names of screens before it do not matter. `TABLE` is what `import --mapping` shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen


class CellType(Enum):
    """How the cells of a column are read."""

    SHOP = "shop"
    SWITCH = "switch"
    WORD = "word"
    TEXT = "text"
    REFERENCE = "reference"
    FOLLOWS = "follows"
    GROUP = "group"
    LABEL = "label"
    NOTHING = "nothing"


@frozen
class Column:
    """`headers` are the names it goes by, the present one first. `place` is that of the manifest, or of what it follows. `words`
    maps the words of a cell to those of a manifest. `note` says why nothing of it is imported.
    """

    cell_type: CellType
    headers: tuple[str, ...]
    place: str | None = None
    words: tuple[tuple[str, str], ...] = ()
    note: Message | None = None


YES: Final = ("設定する", "利用する", "使用する", "する", "有効", "on", "true", "yes", "1", "○")
NO: Final = ("設定しない", "利用しない", "使用しない", "しない", "無効", "off", "false", "no", "0", "×")
LABELS: Final = ("labels.", "label.", "ラベル.")

TABLE: Final = (
    Column(cell_type=CellType.SHOP, headers=("店舗キー", "shop", "shop_key", "shopKey"), place="shop"),
    Column(
        cell_type=CellType.SWITCH,
        headers=("利用設定", "使用設定", "Amazon Pay 利用設定", "Amazonペイメント 使用設定", "use_amazon", "enabled"),
        place="amazon.enabled",
    ),
    Column(
        cell_type=CellType.TEXT,
        headers=("SellerId(出品者ID)", "SellerId", "出品者ID", "seller_id"),
        place="amazon.api.seller_id",
    ),
    Column(
        cell_type=CellType.TEXT,
        headers=("ClientId(クライアントID)", "ClientId", "クライアントID", "client_id"),
        place="amazon.api.client_id",
    ),
    Column(
        cell_type=CellType.REFERENCE,
        headers=("MWSAuthToken(MWS認証トークン)", "MWSAuthToken", "MWS認証トークン", "mws_auth_token"),
        place="amazon.api.mws_auth_token",
    ),
    Column(
        cell_type=CellType.TEXT,
        headers=("通知メールアドレス", "notification_email", "email"),
        place="amazon.notification.email",
    ),
    Column(cell_type=CellType.SWITCH, headers=("予約販売", "pre_order"), place="payment.amazon_pay.pre_order"),
    Column(
        cell_type=CellType.SWITCH,
        headers=("定期・頒布会販売", "定期・頒布会", "subscription"),
        place="payment.amazon_pay.subscription",
    ),
    Column(cell_type=CellType.SWITCH, headers=("自動連携", "auto_link"), place="payment.amazon_pay.auto_link"),
    Column(
        cell_type=CellType.WORD,
        headers=("インスタント通知(IPN)の登録", "IPN登録", "ipn_endpoint"),
        place="seller_central.ipn_endpoint",
        words=(
            ("登録済み", "registered"),
            ("登録済", "registered"),
            ("registered", "registered"),
            ("未登録", "absent"),
            ("absent", "absent"),
        ),
    ),
    Column(
        cell_type=CellType.WORD,
        headers=("店舗の状態", "storefront", "status"),
        place="storefront.status",
        words=(("開店", "open"), ("open", "open"), ("閉店", "closed"), ("closed", "closed")),
    ),
    Column(
        cell_type=CellType.FOLLOWS,
        headers=("通常販売", "regular"),
        place="amazon.enabled",
        note=msg("follows 利用設定; a different value in the cell is an error"),
    ),
    Column(cell_type=CellType.GROUP, headers=("グループ", "group"), place="group"),
    Column(cell_type=CellType.LABEL, headers=("ラベル.名前", "labels.NAME"), place="labels"),
    Column(
        cell_type=CellType.NOTHING,
        headers=("販売事業者様サイトURL", "merchant_site_url"),
        note=msg("issued by the platform; read from the backend"),
    ),
    Column(
        cell_type=CellType.NOTHING,
        headers=("コマースクリエイター", "commerce_creator"),
        note=msg("applied for outside the admin screens; read from the backend"),
    ),
    Column(
        cell_type=CellType.NOTHING,
        headers=(
            "決済表示名",
            "説明コメント",
            "説明コメント(PC)",
            "説明コメント(スマートフォン)",
            "受注メール用文言",
        ),
        note=msg("from the old payment screen; manifests have no key for it"),
    ),
)

_SCREENS: Final = (
    "構築", "ページ設定", "送料・決済設定", "設定", "連携サービス", "決済", "決済一覧", "店舗", "利用設定", "使用設定",
    "Amazon設定", "Amazonペイメント設定", "Amazonログイン&ペイメント設定", "Amazon Pay設定", "AmazonAPI設定",
    "Amazon API情報", "Amazon通知設定",
)  # fmt: skip
_PRODUCT: Final = re.compile("amazonログインペイメント|amazonペイメント")


@frozen(kw_only=False)
class Header:
    """`label` is the name of the label, where the column is one."""

    column: Column
    text: str
    label: str | None = None


def header_of(text: str) -> Header | None:
    """None for a column that is not known."""
    normal = unicodedata.normalize("NFKC", text).strip()
    prefix = next((prefix for prefix in LABELS if normal.lower().startswith(prefix)), None)
    if prefix is not None:
        label = next(column for column in TABLE if column.cell_type is CellType.LABEL)
        return Header(label, text, normal[len(prefix) :])
    column = next((known[name] for name in _shortened(normalise_header(text)) if name in (known := _known())), None)
    return None if column is None else Header(column, text)


def normalise_header(text: str) -> str:
    """Letters and digits only, of one width and case, the product by its present name."""
    bare = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())
    return _PRODUCT.sub("amazonpay", bare)


@cache
def _known() -> dict[str, Column]:
    return {normalise_header(header): column for column in TABLE for header in column.headers}


def _shortened(name: str) -> Iterator[str]:
    """The name, and what is left of it without the names of screens at its beginning."""
    yield name
    for screen in sorted(map(normalise_header, _SCREENS), key=len, reverse=True):
        if name.startswith(screen) and name != screen:
            yield from _shortened(name.removeprefix(screen))
