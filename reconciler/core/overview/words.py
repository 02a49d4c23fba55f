"""What the states of shops and the outcomes of heals are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.healing.record import HealOutcome
from reconciler.core.overview.shop_rows import ShopState

SHOP_STATE_WORDS: Final[Mapping[ShopState, Message]] = {
    ShopState.DRIFTED: msg("drifted"),
    ShopState.UNREAD: msg("not read"),
    ShopState.NEW: msg("never compared"),
    ShopState.ACCEPTED: msg("accepted"),
    ShopState.IN_SYNC: msg("no drift"),  # a change in Git may wait to be applied
}
HEAL_OUTCOME_WORDS: Final[Mapping[HealOutcome, Message]] = {
    HealOutcome.HEALED: msg("healed"),
    HealOutcome.FAILED: msg("failed"),
}
