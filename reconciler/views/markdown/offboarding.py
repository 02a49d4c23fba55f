"""How far shops are with leaving Amazon Pay, as Markdown: a table of steps for each shop, and what to do for the next one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.onboarding.offboarding import STEP_TITLES, ShopOffboarding, StepStatus
from reconciler.core.results.onboarding.offboarding_result import OffboardingResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.reports.offboarding_words import (
    ACTOR_WORDS,
    PROGRESS_WORDS,
    authorization_line,
    evidence_line,
    offboarding_summary,
    shop_summary,
)
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, write_document
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import diagnostic_items, paragraphs, row, table

_TITLES = (msg("Step"), msg("State"), msg("Who acts"), msg("Evidence"))


def offboarding_markdown(result: OffboardingResult, context: RenderContext) -> str:
    head = f"### {escaped(offboarding_summary(result.shops, context))}"
    items = tuple(diagnostic_items(result.diagnostics, context))
    said: tuple[Part, ...] = (Block(parts=items),) if items else ()
    sections = tuple(_shop(shop, context) for shop in result.shops)
    return write_document(MarkdownPage(head=(head,), sections=(*said, *sections)), context)


def _shop(shop: ShopOffboarding, context: RenderContext) -> Block:
    before = (f"**{escaped(shop.shop)}** {escaped(context.translate(shop_summary(shop)))}", "")
    return Block(before=before, parts=tuple(_parts(shop, context)), spaced=True)


def _parts(shop: ShopOffboarding, context: RenderContext) -> Iterator[Part]:
    yield table([escaped(context.translate(title)) for title in _TITLES], [_row(each, context) for each in shop.steps])
    current = shop.current
    if current is not None:
        yield from paragraphs(
            f"{number}. {escaped(context.translate(todo))}" for number, todo in enumerate(current.todo, 1)
        )
        yield from paragraphs(
            f"- {escaped(context.translate(authorization_line(each)))}" for each in shop.open_authorizations
        )


def _row(status: StepStatus, context: RenderContext) -> Piece:
    evidence = "<br>".join(escaped(context.translate(evidence_line(each))) for each in status.evidence)
    return row(
        [
            f"{status.step.number}. {escaped(context.translate(STEP_TITLES[status.step]))}",
            escaped(context.translate(PROGRESS_WORDS[status.progress])),
            escaped(context.translate(ACTOR_WORDS[status.actor])),
            evidence,
        ]
    )
