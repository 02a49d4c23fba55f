"""What `explain` prints, as tables: codes and fields. In: results; no context for machines. Out: tables."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.field_guides import FIELD_GUIDES
from reconciler.core.model.kinds import kind_named
from reconciler.core.results.codes_result import CodesResult
from reconciler.core.results.show_result import FieldsResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.phrases import SEVERITY_WORDS
from reconciler.views.tables.table import Table, Word


def codes_table(result: CodesResult, context: RenderContext | None) -> Table:
    said = _words(context)
    rows = [
        (
            code.number,
            code.slug,
            said(SEVERITY_WORDS[code.severity]),
            said(code.title),
            said(EXPLANATIONS[code].example),
            said(EXPLANATIONS[code].fix),
        )
        for code in result.codes
    ]
    columns = (
        ("number", msg("Code")),
        ("name", msg("Name")),
        ("severity", msg("Severity")),
        ("meaning", msg("Meaning")),
        ("example", msg("Example")),
        ("fix", msg("Fix")),
    )
    return Table(name="codes", columns=columns, rows=tuple(rows), empty=msg("(none)"))


def fields_table(result: FieldsResult, context: RenderContext | None) -> Table:
    said = _words(context)
    rows: list[tuple[Word, ...]] = []
    for ref in result.fields:
        policy = ref.spec.policy
        guide = "\n".join(f"{number}. {said(step)}" for number, step in enumerate(FIELD_GUIDES.get(str(ref), ()), 1))
        screen = kind_named(ref.kind).screen
        rows.append((str(ref), policy.manifest_path, policy.title, policy.label, screen, guide or None))
    columns = (
        ("field", msg("Field")),
        ("manifest_key", msg("Manifest key")),
        ("title", msg("Name")),
        ("label", msg("Label on the screen")),
        ("screen", msg("Screen")),
        ("guide", msg("Where its value is found")),
    )
    return Table(name="fields", columns=columns, rows=tuple(rows), empty=msg("(none)"))


def _words(context: RenderContext | None) -> Callable[[Message], str]:
    return str if context is None else context.translate
