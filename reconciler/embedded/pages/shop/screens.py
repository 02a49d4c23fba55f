"""The screens of a shop: their addresses, and their names."""

import re
from typing import Final

from reconciler.embedded.pages.language import N_

SCREENS: Final = {
    "cart": N_("ショッピングカート"),
    "order": N_("Amazon Pay専用「ご注文手続き」"),
    "subscription": N_("Amazon Pay専用「お申込み手続き」"),
    "purchase-login": N_("ご購入手続き"),
    "after-login": N_("Amazonログイン後の会員ログイン"),
    "member-login": N_("マイページなどへの会員ログイン"),
    "complete": N_("完了"),
}
"""Those of the preview by the last part of their address: the six of the manual, and where 確定 ends."""

_RETURNS: Final = re.compile(
    r"(cart|checkout|mypage|login-link|order\?session=[A-Za-z0-9-]{1,36}|subscription\?session=[A-Za-z0-9-]{1,36})"
)


def shop_address(shop_key: str, screen: str = "") -> str:
    return f"/shop/{shop_key}/{screen}"


def return_screen(wanted: str, otherwise: str) -> str:
    """A screen of the same shop to go on to after signing in; of anything else `otherwise`."""
    return wanted if _RETURNS.fullmatch(wanted) else otherwise
