"""Of the codes about attestations and shops that leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

ONBOARDING: Final[Mapping[Code, Explanation]] = {
    codes.BAD_ATTESTATION: Explanation(
        msg("{day} is not a day of the calendar", day="2026-02-30"),
        msg("Correct the day; `reconciler attest` writes valid entries"),
    ),
    codes.ATTESTATION_EXPIRED: Explanation(
        msg(
            "{shop}: the attestation `{item}` of {by} expired on {day}",
            shop="kyoto-tea",
            item="privacy-url",
            by="Hanako Sato",
            day="2026-11-28",
        ),
        msg("Check it again, then run `reconciler attest {shop} {item}`", shop="kyoto-tea", item="privacy-url"),
    ),
}
