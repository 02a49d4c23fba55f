"""Of the codes that a drift check finds beside the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import Message, msg, msg_list

DRIFT: Final[Mapping[Code, Explanation]] = {
    codes.SWITCHED_OFF: Explanation(
        msg(
            "利用設定 is off: no screen of the shop shows an Amazon Pay or Amazon login button; off with it: {items}",
            items=msg_list([Message("Amazon Pay in the payment list"), Message("Regular sales")]),
        ),
        msg(
            "Ask the platform or the merchant why; `reconciler apply {shop}` turns it on"
            " again, for which the shop is closed (要閉店)",
            shop="kyoto-tea",
        ),
    ),
    codes.FORMER_ENDPOINT: Explanation(
        msg(
            "The IPN endpoint {url} stays registered with the seller {seller}, whom the shop leaves",
            url="https://kyoto-tea.example/ipn",
            seller="A1EXAMPLE234567",
        ),
        msg(
            "Keep it until what is open there is settled, then remove it in Seller Central of {seller}:"
            " 設定 > インスタント通知(IPN)",
            seller="A1EXAMPLE234567",
        ),
    ),
    codes.MANIFEST_DELETED: Explanation(
        msg("The shop is at the backend and its manifest is gone; it was last applied {at}", at="2026-04-01T03:00:00Z"),
        msg("Restore the manifest from Git, or write a new one with `reconciler import {shop}`", shop="osaka-knives"),
    ),
    codes.SHOPS_NOT_LISTED: Explanation(
        msg("The backend does not list its shops: {why}", why="GET /admin-api/v1/integrations: FORBIDDEN"),
        msg("Use a client that may read all shops, or go without --unmanaged"),
    ),
}
