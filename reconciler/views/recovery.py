"""The recovery of a killed run, one sentence per shop: as text, and as Markdown.

In: the result of `resume`, and a context. Out: text, or a page of Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.recovery_result import RecoveryResult
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.markdown.document import MarkdownPage, Piece, block_of
from reconciler.views.markdown.escaping import escaped
from reconciler.views.markdown.parts import each_diagnostic
from reconciler.views.text.layout import named, paragraph

_NOTHING: Final = msg("Nothing to resume.")
_IN_PROGRESS: Final = msg("Nothing to resume while a run is in progress.")


def render_recovery(result: RecoveryResult, context: RenderContext) -> str:
    return join_lines(_lines(result.recovered, context) if result.recovered else [context.translate(_nothing(result))])


def recovery_document(result: RecoveryResult, context: RenderContext) -> MarkdownPage:
    head = () if result.recovered else (context.translate(_nothing(result)),)
    shops = (
        Piece(tuple(f"- {escaped(line.strip())}" for line in _lines((shop,), context)), {Counted.SHOPS: 1})
        for shop in result.recovered
    )
    return MarkdownPage(head=head, sections=(*each_diagnostic(result.diagnostics, context), *block_of(shops)))


def _nothing(result: RecoveryResult) -> Message:
    return _IN_PROGRESS if result.running else _NOTHING


def _lines(recovered: Sequence[RecoveredShop], context: RenderContext) -> Iterator[str]:
    for resumed in recovered:
        line = recovered_shop_line(resumed)
        yield from paragraph(context.translate(line), context, whole=named(line))
        if resumed.reason is not None and resumed.reason.hint is not None:
            below = msg("help: {text}", text=resumed.reason.hint)
            yield from paragraph(context.translate(below), context, "    ", whole=named(below))


def recovered_shop_line(resumed: RecoveredShop) -> Message:
    """What was known, what was found, what was done."""
    match resumed.outcome:
        case RecoveryOutcome.REOPENED:
            return msg("{shop}: had been left closed by an interrupted run; it is open again", shop=resumed.shop)
        case RecoveryOutcome.INTACT if not resumed.pending_writes:
            return msg("{shop}: left unfinished by an interrupted run; not closed by this tool", shop=resumed.shop)
        case RecoveryOutcome.INTACT:
            return msg(
                "{shop}: left unfinished by an interrupted run (writes with unknown outcome: {intents}); "
                "not closed by this tool",
                shop=resumed.shop,
                intents=resumed.pending_writes,
            )
        case RecoveryOutcome.UNREADABLE:
            return msg(
                "{shop}: left unfinished by an interrupted run, which did not close it; its state could "
                "not be read: {reason}",
                shop=resumed.shop,
                reason=_reason(resumed),
            )
        case RecoveryOutcome.LOCKED:
            return msg("{shop}: another run is processing it", shop=resumed.shop)
    return msg("{shop}: {reason}", shop=resumed.shop, reason=_reason(resumed))


def _reason(resumed: RecoveredShop) -> Message:
    return resumed.reason.summary if resumed.reason else msg("it did not answer")
