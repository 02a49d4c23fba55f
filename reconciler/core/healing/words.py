"""Why a finding is not healed, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.healing.decide import HealingRefusal

REFUSAL_WORDS: Final[Mapping[HealingRefusal, Message]] = {
    HealingRefusal.NOT_DRIFTED: msg("not a field that only the backend changed"),
    HealingRefusal.ACCEPTED: msg("the difference is accepted"),
    HealingRefusal.PENDING: msg("Git does not have the value that was applied last"),
    HealingRefusal.NO_RULE: msg("no rule names the field"),
    HealingRefusal.NEVER: msg("healing never does that"),
    HealingRefusal.OTHER_ACTOR: msg("the rule does not allow its author or severity"),
    HealingRefusal.OUTSIDE_WINDOW: msg("outside the window of the rule"),
    HealingRefusal.WAITING: msg("healed a short time ago"),
    HealingRefusal.FIGHT: msg("heals are undone again and again"),
    HealingRefusal.MASS_CHANGE: msg("too many shops changed at the same time"),
    HealingRefusal.LIMIT: msg("enough shops were healed for now"),
    HealingRefusal.HELD: msg("a rule, a guard or another run holds the plan"),
    HealingRefusal.MOVED: msg("the shop changed since the check"),
}
