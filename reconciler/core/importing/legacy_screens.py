"""項目対照表: where the settings of the former admin (「以前からの管理画面」) are on the present screens.

Each row is confirmed by a published page. In: nothing. Out: rows for `import --mapping`.
"""

from __future__ import annotations

from typing import Final

from reconciler.lib.frozen_class import frozen

_SETTINGS: Final = "設定>連携サービス>Amazon設定"
_PAYMENT: Final = "設定>決済>Amazon Pay設定"


@frozen
class LegacyScreen:
    """A screen, and the item with its words there, before and now."""

    before: tuple[str, str]
    now: tuple[str, str]
    manifest_key: str | None = None


LEGACY_SCREENS: Final = (
    LegacyScreen(before=("構築>ページ設定>Amazon設定", ""), now=(_SETTINGS, "")),
    LegacyScreen(
        before=("構築>ページ設定>Amazon設定", "利用設定「設定する」"),
        now=(_SETTINGS, "利用設定「利用する」"),
        manifest_key="amazon.enabled",
    ),
    LegacyScreen(
        before=("構築>ページ設定>Amazon設定", "AmazonAPI設定"),
        now=(_SETTINGS, "Amazon API情報"),
        manifest_key="amazon.api",
    ),
    LegacyScreen(before=("構築>送料・決済設定>Amazonペイメント設定", ""), now=(_PAYMENT, "")),
    LegacyScreen(
        before=("構築>送料・決済設定>Amazonペイメント設定", "使用設定「設定する」"),
        now=("設定>決済>決済一覧", "Amazon Pay「利用する」"),
    ),
)
