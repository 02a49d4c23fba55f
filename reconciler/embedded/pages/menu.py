"""The menu of the admin screens: groups, screens and their addresses, as the manual writes the path to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """`place` is the part of its address after the shop."""

    name: str
    place: str
    path: tuple[str, ...]

    @property
    def breadcrumb(self) -> str:
        return ">".join((*self.path, self.name))


MESSAGES: Final = Screen(name="メッセージ", place="messages", path=("コマースクリエイター",))
AMAZON_SETTINGS: Final = Screen(name="Amazon設定", place="amazon-settings", path=("設定", "連携サービス"))
PAYMENT_METHODS: Final = Screen(name="決済一覧", place="payment-methods", path=("設定", "決済"))
AMAZON_PAY: Final = Screen(name="Amazon Pay設定", place="amazon-pay", path=("設定", "決済"))
STOREFRONT: Final = Screen(name="開店・閉店", place="storefront", path=("設定", "店舗"))
CHANGES: Final = Screen(name="変更履歴", place="changes", path=("設定", "店舗"))
ORDERS: Final = Screen(name="受注管理", place="orders", path=("運用",))
APPLICATIONS: Final = Screen(name="オプション追加お申し込み", place="applications", path=("システム", "各種申し込み"))
COMPARISON: Final = Screen(name="項目対照表", place="comparison", path=("設定", "連携サービス"))

MENU: Final = (
    MESSAGES, AMAZON_SETTINGS, PAYMENT_METHODS, AMAZON_PAY, STOREFRONT, CHANGES, ORDERS, APPLICATIONS,
)  # fmt: skip
"""The screens of the menu, in its order. 項目対照表 is reached from Amazon設定."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    name: str
    address: str
    current: bool


def menu(shop_key: str, current: Screen | None) -> list[tuple[str, list[MenuItem]]]:
    """By group, in the order in which the groups appear first."""
    groups: dict[str, list[MenuItem]] = {}
    for group, item in _items(shop_key, current):
        groups.setdefault(group, []).append(item)
    return list(groups.items())


def address_of(shop_key: str, screen: Screen, *more: str) -> str:
    return "/".join((f"/admin/shops/{shop_key}/{screen.place}", *more))


def _items(shop_key: str, current: Screen | None) -> Iterator[tuple[str, MenuItem]]:
    for screen in MENU:
        group = ">".join(screen.path)
        yield group, MenuItem(name=screen.name, address=address_of(shop_key, screen), current=screen is current)
