"""Of the codes about attestations and shops that leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import Message, msg


def _step(number: int, title: Message) -> Message:
    return msg("step {number} ({title})", number=number, title=title)


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
    codes.NOT_ATTESTED: Explanation(
        msg("Not attested: {reason}", reason=msg("unknown item {item}", item="'test-ordr'")),
        msg("Did you mean {keys}?", keys="test-order"),
    ),
    codes.OFFBOARDED_EARLY: Explanation(
        msg(
            "{shop}: {step} is done, but {earlier} is not",
            shop="kyoto-tea",
            step=_step(2, msg("Revoke the API access at Amazon")),
            earlier=_step(1, msg("Stop using Amazon Pay")),
        ),
        msg("Stop using Amazon Pay at once: buyers meet Amazon's error page, and payments fail"),
    ),
    codes.NOT_OFFBOARDED: Explanation(
        msg(
            "{shop}: {step} waits for {earlier}",
            shop="kyoto-tea",
            step=_step(5, msg("Remove the manifest")),
            earlier=_step(1, msg("Stop using Amazon Pay")),
        ),
        msg(
            "Next: {todo}",
            todo=msg("`reconciler offboard {shop} --write` sets `amazon.enabled: false`", shop="kyoto-tea"),
        ),
    ),
}
