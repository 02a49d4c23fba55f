"""Words for shops that leave, which every format uses: states, actors, sources, one line for each fact.

In: values of the core. Out: messages; each format has its own layout.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.onboarding.offboarding import (
    Evidence,
    EvidenceSource,
    OpenAuthorization,
    ShopOffboarding,
    StepActor,
    StepProgress,
)
from reconciler.views.common.context import RenderContext

PROGRESS_WORDS: Final[dict[StepProgress, Message]] = {
    StepProgress.DONE: msg("done"),
    StepProgress.NEXT: msg("next"),
    StepProgress.WAITING: msg("waits"),
    StepProgress.UNKNOWN: msg("unknown"),
}
ACTOR_WORDS: Final[dict[StepActor, Message]] = {
    StepActor.US: msg("we"),
    StepActor.MERCHANT: msg("the merchant"),
    StepActor.AMAZON: msg("Amazon"),
}
SOURCE_WORDS: Final[dict[EvidenceSource, Message]] = {
    EvidenceSource.GIT: msg("Git"),
    EvidenceSource.BACKEND: msg("Backend"),
    EvidenceSource.INBOX: msg("Inbox"),
    EvidenceSource.ATTESTATION: msg("Attestation"),
}


def evidence_line(evidence: Evidence) -> Message:
    source = SOURCE_WORDS[evidence.source]
    if evidence.origin is None:
        return msg("{source}: {text}", source=source, text=evidence.text)
    return msg("{source}: {text} ({place})", source=source, text=evidence.text, place=str(evidence.origin))


def authorization_line(each: OpenAuthorization) -> Message:
    """By its id, which Amazon's pages find; the order where it is known."""
    what = each.id if each.order is None else msg("{id} of order {order}", id=each.id, order=each.order)
    if each.amount is None:
        return msg("{what}: {state}, lapses on {day}", what=what, state=each.state, day=each.lapses)
    return msg(
        "{what}: {amount}, {state}, lapses on {day}", what=what, amount=each.amount, state=each.state, day=each.lapses
    )


def shop_summary(shop: ShopOffboarding) -> Message:
    current = shop.current
    if current is None:
        return msg("all steps are done")
    return msg("step {number} of {count}", number=current.step.number, count=len(shop.steps))


def offboarding_summary(shops: tuple[ShopOffboarding, ...], context: RenderContext) -> str:
    done = sum(shop.finished for shop in shops)
    return context.plural(
        "Offboarding: {done} of {count} shop finished.",
        "Offboarding: {done} of {count} shops finished.",
        len(shops),
        done=done,
    )
