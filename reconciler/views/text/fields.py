"""Fields as text: the names, the screen, and where the value is found. In: field references. Out: text."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.field_guides import FIELD_GUIDES
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.state import FieldRef
from reconciler.core.results.show_result import FieldsResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.phrases import join_list, observed_value
from reconciler.views.text.layout import Cell, columns, paragraph


def render_fields(result: FieldsResult, context: RenderContext) -> str:
    return join_lines(line for ref in result.fields for line in _lines(ref, context))


def _lines(ref: FieldRef, context: RenderContext) -> Iterator[str]:
    policy = ref.spec.policy
    yield context.paint(context.translate(ref.short_name), Style.HEADING)
    facts: list[tuple[Message, str]] = [
        (msg("Manifest key"), policy.manifest_path or context.translate(msg("(none: shown, not declared)"))),
        (msg("Screen"), kind_named(ref.kind).screen),
        (msg("Label on the screen"), policy.label),
        (
            msg("Changes only while the shop is closed"),
            context.translate(msg("yes") if policy.while_closed else msg("no")),
        ),
    ]
    if policy.words.pairs:
        facts.append(
            (msg("Values"), join_list([observed_value(ref, each, context) for each, _ in policy.words.pairs], context))
        )
    yield from columns(
        [(Cell(context.translate(name), Style.QUIET), Cell(value)) for name, value in facts], context, "  "
    )
    for number, step in enumerate(FIELD_GUIDES.get(str(ref), ()), 1):
        yield from paragraph(f"{number}. {context.translate(step)}", context, "  ")
