"""What a validation found and fixed, as a page; and a command that could not go on.

In: the result of `validate`, or a failure, and a context. Out: HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.command import CommandResult
from reconciler.core.results.fixes import FixedFile
from reconciler.core.results.validation_result import FailureResult, ValidationResult
from reconciler.views.common.context import RenderContext
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.fleet.group_notes import groups_diagnostics
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.validation import fix_words, fixes_summary, validation_summary
from reconciler.views.html.charts import bar_chart, charts
from reconciler.views.html.diagnostics import TONES, each_of, grouped, worst_tone
from reconciler.views.html.elements import (
    BarChart,
    CodeBlock,
    Content,
    FoldList,
    HtmlCell,
    HtmlFold,
    HtmlPage,
    HtmlRow,
    HtmlSection,
    HtmlTable,
)
from reconciler.views.html.words import identity_facts
from reconciler.views.html.writer import write_page


def validation_html(result: ValidationResult, context: RenderContext) -> str:
    fixed = result.fixed or ()
    if result.check:
        head = fixes_summary(fixed, context, check=True)
    else:
        head = validation_summary(len(result.valid), result.broken, result.diagnostics, context)
    page = HtmlPage(
        kind="validation",
        head=head,
        tone="warn" if result.check and fixed else worst_tone(result.diagnostics),
        sections=tuple(_sections(result, context)),
        notes=(fixes_summary(fixed, context, check=False),) if fixed and not result.check else (),
        facts=identity_facts(result.identity, context),
    )
    return write_page(page, context)


def failure_html(result: FailureResult, context: RenderContext) -> str:
    page = HtmlPage(
        kind="failure",
        head=context.translate(msg("The command stopped; nothing below was planned or written.")),
        tone=worst_tone(result.diagnostics),
        sections=(_found(result, context),),
        facts=identity_facts(result.identity, context),
    )
    return write_page(page, context)


def _sections(result: ValidationResult, context: RenderContext) -> Iterator[HtmlSection]:
    if result.check:
        folds = tuple(_diff(file) for file in result.fixed or ())
        yield _section("files", msg("Files"), (FoldList(folds=folds),) if folds else (), context)
        return
    yield _section("fixes", msg("Fixes"), tuple(_fixes(result.fixed or (), context)), context)
    yield _section("overview", msg("Overview"), charts([_codes(result, context)]), context)
    yield _found(result, context)


def _found(result: CommandResult, context: RenderContext) -> HtmlSection:
    listed = grouped if groups_diagnostics(result.diagnostics, context) else each_of
    return _section("diagnostics", msg("Diagnostics"), listed(result.diagnostics, context), context)


def _section(name: str, title: Message, contents: tuple[Content, ...], context: RenderContext) -> HtmlSection:
    return HtmlSection(name=name, title=context.translate(title), contents=contents)


def _codes(result: ValidationResult, context: RenderContext) -> BarChart | None:
    counts = Counter((found.code, found.severity) for found in result.diagnostics)
    rows = [
        (f"{code.number} {context.translate(code.title)}", count, TONES[severity])
        for (code, severity), count in sorted(
            counts.items(), key=lambda each: (-each[0][1], -each[1], each[0][0].number)
        )
    ]
    return bar_chart(msg("Diagnostics by code"), (msg("Code"), msg("Diagnostics")), rows, context)


def _diff(file: FixedFile) -> HtmlFold:
    return HtmlFold(
        name=file.edit.file,
        parts=partial(_lines, file),
        opened=True,
        counts={Counted.FILES: 1, Counted.CHANGES: len(file.fixes)},
    )


def _lines(file: FixedFile) -> tuple[CodeBlock, ...]:
    return (CodeBlock(text=diff_of(file.edit).removesuffix("\n")),)


def _fixes(fixed: tuple[FixedFile, ...], context: RenderContext) -> Iterator[HtmlTable]:
    rows = tuple(
        HtmlRow(cells=(HtmlCell(text=place, code=True), HtmlCell(text=change)), counts={Counted.CHANGES: 1})
        for place, change in (fix_words(fix) for file in fixed for fix in file.fixes)
    )
    if rows:
        columns = tuple(context.translate(title) for title in (msg("Place"), msg("Change")))
        yield HtmlTable(caption=context.translate(msg("What was fixed")), columns=columns, rows=rows)
