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
            "Amazon is disabled (`amazon.enabled`): no page of the shop shows an Amazon Pay or "
            "Amazon login button; also disabled: {items}",
            items=msg_list([Message("Amazon Pay in the payment list"), Message("Regular sales")]),
        ),
        msg(
            "Ask the platform or the merchant why; `reconciler apply {shop}` enables it again and "
            "closes the shop for the change (要閉店)",
            shop="kyoto-tea",
        ),
    ),
    codes.FORMER_ENDPOINT: Explanation(
        msg(
            "The IPN endpoint {url} stays registered with the former seller {seller}",
            url="https://kyoto-tea.example/ipn",
            seller="A1EXAMPLE234567",
        ),
        msg(
            "Keep it until all open transactions there are settled, then remove it in Amazon Seller Central "
            "of {seller}: 設定 > インスタント通知(IPN)",
            seller="A1EXAMPLE234567",
        ),
    ),
    codes.MANIFEST_DELETED: Explanation(
        msg(
            "The shop exists at the backend but its manifest is gone; it was last applied {at}",
            at="2026-04-01T03:00:00Z",
        ),
        msg(
            "Restore the manifest from Git, or generate a new one with `reconciler import {shop}`", shop="osaka-knives"
        ),
    ),
    codes.SHOPS_NOT_LISTED: Explanation(
        msg("The backend does not list its shops: {why}", why="GET /admin-api/v1/integrations: FORBIDDEN"),
        msg("Use a client that may read all shops, or omit --unmanaged"),
    ),
}
