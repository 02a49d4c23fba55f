"""Of the codes that a drift check finds beside the fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

DRIFT: Final[Mapping[Code, Explanation]] = {
    codes.MANIFEST_DELETED: Explanation(
        msg("The shop is at the backend and its manifest is gone; it was last applied {at}", at="2026-04-01T03:00:00Z"),
        msg("Restore the manifest from Git, or write a new one with `reconciler import {shop}`", shop="osaka-knives"),
    ),
    codes.SHOPS_NOT_LISTED: Explanation(
        msg("The backend does not list its shops: {why}", why="GET /admin-api/v1/integrations: FORBIDDEN"),
        msg("Use a client that may read all shops, or go without --unmanaged"),
    ),
}
