"""The menu of the admin screens: groups, screens and their addresses, as the manual writes the path to each."""

from collections.abc import Iterator
from typing import Final

from reconciler.embedded.pages.language import N_, _
from reconciler.lib.frozen_class import frozen


@frozen
class Screen:
    """`place` is the part of its address after the shop."""

    name: str
    place: str
    path: tuple[str, ...]

    @property
    def breadcrumb(self) -> str:
        return _(">").join(_(part) for part in (*self.path, self.name))


MESSAGES: Final = Screen(name=N_("メッセージ"), place="messages", path=(N_("コマースクリエイター"),))
AMAZON_SETTINGS: Final = Screen(name=N_("Amazon設定"), place="amazon-settings", path=(N_("設定"), N_("連携サービス")))
PAYMENT_METHODS: Final = Screen(name=N_("決済一覧"), place="payment-methods", path=(N_("設定"), N_("決済")))
AMAZON_PAY: Final = Screen(name=N_("Amazon Pay設定"), place="amazon-pay", path=(N_("設定"), N_("決済")))
STOREFRONT: Final = Screen(name=N_("開店・閉店"), place="storefront", path=(N_("設定"), N_("店舗")))
CHANGES: Final = Screen(name=N_("変更履歴"), place="changes", path=(N_("設定"), N_("店舗")))
ORDERS: Final = Screen(name=N_("受注管理"), place="orders", path=(N_("運用"),))
APPLICATIONS: Final = Screen(
    name=N_("オプション追加お申し込み"), place="applications", path=(N_("システム"), N_("各種申し込み"))
)
COMPARISON: Final = Screen(name=N_("項目対照表"), place="comparison", path=(N_("設定"), N_("連携サービス")))

MENU: Final = (
    MESSAGES, AMAZON_SETTINGS, PAYMENT_METHODS, AMAZON_PAY, STOREFRONT, CHANGES, ORDERS, APPLICATIONS,
)  # fmt: skip
"""The screens of the menu, in its order. 項目対照表 is reached from Amazon設定."""


@frozen
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
        group = _(">").join(_(part) for part in screen.path)
        yield group, MenuItem(name=_(screen.name), address=address_of(shop_key, screen), current=screen is current)
