"""The steps of leaving in their order: which is next, which wait, and which were done too early.

In: facts of a shop. Out: `ShopOffboarding` and warnings. A step counts as done before an earlier one only where evidence says
so; then there is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.onboarding import step_rules
from reconciler.core.onboarding.offboarding import (
    OffboardingFacts,
    OffboardingStep,
    ShopOffboarding,
    StepActor,
    StepProgress,
    StepStatus,
    first_open,
    step_word,
)
from reconciler.core.onboarding.step_rules import StepFinding, StepVerdict
from reconciler.core.values import ShopKey

_RULES: Final[dict[OffboardingStep, Callable[[OffboardingFacts], StepVerdict]]] = {
    OffboardingStep.STOP_USE: step_rules.stop_use,
    OffboardingStep.REVOKE_AT_AMAZON: step_rules.revoke_at_amazon,
    OffboardingStep.UNREGISTER_ENDPOINT: step_rules.unregister_endpoint,
    OffboardingStep.CLOSE_AUTHORISATIONS: step_rules.close_authorisations,
    OffboardingStep.REMOVE_MANIFEST: step_rules.remove_manifest,
}


def plan_offboarding(facts: OffboardingFacts) -> ShopOffboarding:
    steps: list[StepStatus] = []
    for step in OffboardingStep:
        verdict = _RULES[step](facts)
        before = first_open(steps)
        steps.append(_status(step, verdict, before))
    known = facts.authorizations
    origin = facts.manifest.origin.file if facts.manifest is not None else facts.broken
    return ShopOffboarding(
        shop=facts.shop,
        file=origin,
        steps=tuple(steps),
        open_authorizations=() if known is None else known.open,
    )


def _status(step: OffboardingStep, verdict: StepVerdict, before: StepStatus | None) -> StepStatus:
    progress = _progress(verdict.finding, first=before is None)
    now = progress is StepProgress.NEXT or (before is None and progress is StepProgress.UNKNOWN)
    return StepStatus(
        step=step,
        progress=progress,
        actor=verdict.actor,
        evidence=verdict.evidence,
        todo=verdict.todo if now else (),
        early=progress is StepProgress.DONE and before is not None,
        writes=verdict.writes if now else None,
    )


def _progress(finding: StepFinding, *, first: bool) -> StepProgress:
    match finding:
        case StepFinding.DONE:
            return StepProgress.DONE
        case StepFinding.UNKNOWN:
            return StepProgress.UNKNOWN
        case StepFinding.HOLDS:
            return StepProgress.DONE if first else StepProgress.WAITING
        case StepFinding.OPEN:
            return StepProgress.NEXT if first else StepProgress.WAITING


def order_warnings(shop: ShopOffboarding) -> Iterator[Diagnostic]:
    """One for each step that was done too early."""
    before = shop.current
    for each in shop.steps:
        if each.early and before is not None:
            origin = next((said.origin for said in each.evidence if said.origin is not None), None)
            yield diagnostic(
                codes.OFFBOARDED_EARLY,
                _early(shop.shop, each, before),
                hint=_remedy(each, before),
                shop=shop.shop,
                origin=origin,
            )


def _early(shop: ShopKey, done: StepStatus, before: StepStatus) -> Message:
    if before.progress is StepProgress.UNKNOWN:
        return msg(
            "{shop}: {step} is done, and it is unknown whether {earlier} is",
            shop=shop,
            step=step_word(done.step),
            earlier=step_word(before.step),
        )
    return msg(
        "{shop}: {step} is done, but {earlier} is not",
        shop=shop,
        step=step_word(done.step),
        earlier=step_word(before.step),
    )


def _remedy(done: StepStatus, before: StepStatus) -> Message:
    if before.progress is StepProgress.UNKNOWN:
        return msg("Read the backend again before you continue")
    if before.step is not OffboardingStep.STOP_USE:
        return msg("Do {step} now", step=step_word(before.step))
    if done.step is OffboardingStep.REVOKE_AT_AMAZON:
        return msg("Stop using Amazon Pay at once: buyers meet Amazon's error page, and payments fail")
    return msg("Stop using Amazon Pay at once: the shop still takes orders with it")


def refusal(shop: ShopOffboarding, wanted: OffboardingStep | None) -> Diagnostic | None:
    """Why `--write` writes nothing for the shop: the wanted step is not the next one, or nothing of it is in the manifest."""
    current = shop.current
    if current is None:
        return None
    if wanted is not None and wanted is not current.step:
        return _out_of_order(shop, wanted, current)
    if current.writes is not None:
        return None
    return diagnostic(codes.NOT_OFFBOARDED, _unwritable(shop, current), hint=_first_todo(current), shop=shop.shop)


def _unwritable(shop: ShopOffboarding, current: StepStatus) -> Message:
    step = step_word(current.step)
    if current.progress is StepProgress.UNKNOWN:
        return msg("{shop}: it is unknown whether {step} is done", shop=shop.shop, step=step)
    if current.actor is StepActor.US and shop.file is not None:
        return msg("{shop}: the manifest has the change for {step}, and it is not applied", shop=shop.shop, step=step)
    return msg("{shop}: {step} changes no file", shop=shop.shop, step=step)


def _out_of_order(shop: ShopOffboarding, wanted: OffboardingStep, current: StepStatus) -> Diagnostic:
    if shop.status(wanted).progress is StepProgress.DONE:
        text = msg("{shop}: {step} is done already", shop=shop.shop, step=step_word(wanted))
    else:
        text = msg(
            "{shop}: {step} waits for {earlier}",
            shop=shop.shop,
            step=step_word(wanted),
            earlier=step_word(current.step),
        )
    return diagnostic(codes.NOT_OFFBOARDED, text, hint=_first_todo(current), shop=shop.shop)


def _first_todo(current: StepStatus) -> Message:
    return msg("Next: {todo}", todo=current.todo[0]) if current.todo else msg("Run `reconciler offboard` again")
