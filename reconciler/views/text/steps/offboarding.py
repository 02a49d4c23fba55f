"""How far shops are with leaving Amazon Pay, as text: the steps in their order, with evidence, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.offboarding import (
    STEP_TITLES,
    OffboardingStep,
    ShopOffboarding,
    StepProgress,
    StepStatus,
)
from reconciler.core.results.onboarding.offboarding_result import OffboardingResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.reports.offboarding_words import (
    ACTOR_WORDS,
    PROGRESS_WORDS,
    authorization_line,
    evidence_line,
    offboarding_summary,
    shop_summary,
)
from reconciler.views.text.layout import Cell, columns, heading, labelled, named, paragraph

_STYLES: Final = {
    StepProgress.DONE: Style.GOOD,
    StepProgress.NEXT: Style.WARNING,
    StepProgress.WAITING: Style.QUIET,
    StepProgress.UNKNOWN: Style.ERROR,
}
_BELOW: Final = "     "


def render_offboarding(result: OffboardingResult, context: RenderContext) -> str:
    return join_lines(_lines(result, context))


def _lines(result: OffboardingResult, context: RenderContext) -> Iterator[str]:
    for shop in result.shops:
        yield from _shop(shop, context)
        yield ""
    if result.shops:
        yield from paragraph(offboarding_summary(result.shops, context), context)


def _shop(shop: ShopOffboarding, context: RenderContext) -> Iterator[str]:
    yield from heading(shop.shop, context.translate(shop_summary(shop)), context)
    titles = [context.translate(STEP_TITLES[each.step]) for each in shop.steps]
    rows = [_row(each, title, context) for each, title in zip(shop.steps, titles, strict=True)]
    for each, line in zip(shop.steps, columns(rows, context, "  "), strict=True):
        yield line
        yield from _facts(each, shop, context)


def _row(status: StepStatus, title: str, context: RenderContext) -> tuple[Cell, ...]:
    return (
        Cell(str(status.step.number)),
        Cell(title),
        Cell(context.translate(PROGRESS_WORDS[status.progress]), _STYLES[status.progress]),
        Cell(context.translate(ACTOR_WORDS[status.actor]), Style.QUIET),
    )


def _facts(status: StepStatus, shop: ShopOffboarding, context: RenderContext) -> Iterator[str]:
    for said in status.evidence:
        line = evidence_line(said)
        yield from paragraph(context.translate(line), context, _BELOW, style=Style.QUIET, whole=named(line))
    if status.step is OffboardingStep.CLOSE_AUTHORISATIONS and status.progress is not StepProgress.DONE:
        for each in shop.open_authorizations:
            yield from paragraph(context.translate(authorization_line(each)), context, f"{_BELOW}  ")
    for number, todo in enumerate(status.todo, 1):
        label = context.translate(msg("do {number}:", number=number))
        yield from labelled(f"{_BELOW}{label} ", context.translate(todo), context, whole=named(todo))
