"""An onboarding status as text: counts first, then a row for each shop or each kind of shop, then where merchants find what is
missing. Diagnostics are separate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.items import OnboardingState
from reconciler.core.onboarding.words import ONBOARDING_STATE_WORDS
from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.shop_lists import EXPAND_HINT
from reconciler.views.onboarding.rows import (
    OnboardingStatusRow,
    folds_status,
    party_sum,
    places_to_find,
    state_sum,
    status_rows,
)
from reconciler.views.text.layout import Cell, columns, paragraph

_STYLES: Final = {
    OnboardingState.REVOKED: Style.REMOVE,
    OnboardingState.SHOP_UNKNOWN: Style.REMOVE,
    OnboardingState.UNREAD: Style.WARNING,
    OnboardingState.INCOMPLETE: None,
    OnboardingState.COMPLETE: Style.ADD,
}


def render_status(status: OnboardingStatusResult, context: RenderContext) -> str:
    return join_lines(_lines(status, context))


def _lines(status: OnboardingStatusResult, context: RenderContext) -> Iterator[str]:
    yield from paragraph(state_sum(status, context), context, style=Style.HEADING)
    parties = party_sum(status, context)
    if parties:
        yield from paragraph(parties, context)
    rows = status_rows(status, context)
    if rows:
        yield ""
        yield from columns([_cells(row, context) for row in rows], context)
    if folds_status(status, context):
        yield from paragraph(context.translate(EXPAND_HINT), context, "  ", style=Style.QUIET)
    yield from _places(status, context)


def _cells(row: OnboardingStatusRow, context: RenderContext) -> tuple[Cell, ...]:
    state = context.translate(ONBOARDING_STATE_WORDS[row.state])
    since = context.translate(msg("since {day}", day=row.since)) if row.since else ""
    return Cell(state, _STYLES[row.state]), Cell(row.shops), Cell(since, Style.QUIET), Cell(row.open)


def _places(status: OnboardingStatusResult, context: RenderContext) -> Iterator[str]:
    places = places_to_find(status, context)
    if not places:
        return
    yield ""
    yield from paragraph(context.translate(msg("Where merchants find what is missing:")), context)
    yield from columns([(Cell(where), Cell(items)) for items, where in places], context, "  ")
    hint = msg("`reconciler onboard --status --mail SHOP` prints a mail that explains it to the merchant.")
    yield from paragraph(context.translate(hint), context, style=Style.QUIET)
