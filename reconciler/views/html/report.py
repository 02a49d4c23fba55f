"""A report as a page: what to do next, the shops with the loudest first, what went wrong in each.

In: the result of `apply` and a context. Out: HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.views.common.context import RenderContext
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.report_rows import OutcomeRow, folds_outcomes, outcome_rows
from reconciler.views.common.outcomes import loudest_last, outcome_word, report_sum, shop_progress
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.summaries import continue_line
from reconciler.views.html.charts import charts, closed_times, shops_by_outcome
from reconciler.views.html.diagnostics import each_of, grouped
from reconciler.views.html.elements import (
    BarChart,
    Content,
    Element,
    FoldList,
    HtmlCell,
    HtmlFold,
    HtmlPage,
    HtmlRow,
    HtmlSection,
    HtmlTable,
    Tone,
)
from reconciler.views.html.words import check_by_command, identity_facts
from reconciler.views.html.writer import write_page

_OPENED: Final = 5
OUTCOME_TONES: Final[dict[ShopOutcome, Tone]] = {
    ShopOutcome.LEFT_CLOSED: "bad",
    ShopOutcome.UNKNOWN: "bad",
    ShopOutcome.FAILED: "bad",
    ShopOutcome.PARTLY: "bad",
    ShopOutcome.MISSED: "bad",
    ShopOutcome.REFUSED: "warn",
    ShopOutcome.SKIPPED: "warn",
    ShopOutcome.APPLIED: "good",
    ShopOutcome.UNCHANGED: "quiet",
}


def report_html(result: ApplyResult, context: RenderContext) -> str:
    report = result.report
    again = result.next_command
    page = HtmlPage(
        kind="report",
        head=report_sum(report, context),
        tone=_tone(report),
        sections=tuple(_sections(result, context)),
        notes=() if again is None else (continue_line(f"`{again}`", context),),
        fingerprint=report.fingerprint,
        check=(check_by_command(result.identity, context),),
        facts=identity_facts(result.identity, context),
    )
    return write_page(page, context)


def _tone(report: Report) -> Tone:
    tones = {OUTCOME_TONES[shop.outcome] for shop in report.shops}
    return next((tone for tone in ("bad", "warn") if tone in tones or (tone == "bad" and report.halted)), "good")


def _sections(result: ApplyResult, context: RenderContext) -> Iterator[HtmlSection]:
    report = result.report
    shops = loudest_last(report)[::-1]
    folded = folds_outcomes(shops, context)
    yield _section(
        "diagnostics", msg("Diagnostics"), each_of((*result.diagnostics, *report.findings), context), context
    )
    yield _section("overview", msg("Overview"), charts(_charts(report, context)), context)
    yield _section("shops", msg("Shops"), (_outcomes(shops, context),) if shops else (), context)
    found = [finding for shop in shops for finding in shop.findings]
    if folded:
        yield _section("reasons", msg("Reasons"), grouped(found, context), context)
    folds = tuple(_shop(shop, context, opened=len(shops) <= _OPENED) for shop in shops if shop.findings or shop.missed)
    yield _section("details", msg("Shop by shop"), (FoldList(folds=folds),) if folds else (), context)


def _section(name: str, title: Message, contents: tuple[Content, ...], context: RenderContext) -> HtmlSection:
    return HtmlSection(name=name, title=context.translate(title), contents=contents)


def _charts(report: Report, context: RenderContext) -> Iterator[BarChart | None]:
    counts = Counter(outcome_word(shop) for shop in report.shops)
    tones = {outcome_word(shop): OUTCOME_TONES[shop.outcome] for shop in report.shops}
    order = sorted(tones, key=lambda word: list(OUTCOME_TONES.values()).index(tones[word]))
    yield shops_by_outcome(((context.translate(word), counts[word], tones[word]) for word in order), context)
    seconds = [-(-shop.closed_ms // 1000) for shop in report.shops if shop.closed_ms]
    yield closed_times(seconds, msg("Shops by time closed"), context)


def _outcomes(shops: Sequence[ShopReport], context: RenderContext) -> HtmlTable:
    """Of many shops, a row for each different end."""
    titles = (msg("Shop"), msg("Outcome"), msg("Progress"))
    if folds_outcomes(list(shops), context):
        rows = tuple(_folded_row(row) for row in outcome_rows(shops, context)[::-1])
    else:
        rows = tuple(_row(shop, context) for shop in shops)
    caption = context.translate(msg("What became of the shops"))
    return HtmlTable(caption=caption, columns=tuple(context.translate(title) for title in titles), rows=rows)


def _folded_row(row: OutcomeRow) -> HtmlRow:
    names = f"{row.shops}: {row.names}" if row.names else row.shops
    cells = (
        HtmlCell(text=names),
        HtmlCell(text=row.word, tone=OUTCOME_TONES[row.outcome]),
        HtmlCell(text=row.progress),
    )
    return HtmlRow(cells=cells, counts={Counted.SHOPS: row.count})


def _row(shop: ShopReport, context: RenderContext) -> HtmlRow:
    word = context.translate(outcome_word(shop))
    cells = (
        HtmlCell(text=shop.shop),
        HtmlCell(text=word, tone=OUTCOME_TONES[shop.outcome]),
        HtmlCell(text=shop_progress(shop, context)),
    )
    return HtmlRow(cells=cells, counts={Counted.SHOPS: 1})


def _shop(shop: ShopReport, context: RenderContext, *, opened: bool) -> HtmlFold:
    return HtmlFold(
        name=shop.shop,
        count=context.translate(outcome_word(shop)),
        parts=partial(_inside, shop, context),
        opened=opened,
        counts={Counted.DIAGNOSTICS: len(shop.findings), Counted.DIFFERENCES: len(shop.missed)},
    )


def _inside(shop: ShopReport, context: RenderContext) -> tuple[Element, ...]:
    return (*_missed(shop, context), *each_of(shop.findings, context))


def _missed(shop: ShopReport, context: RenderContext) -> Iterator[HtmlTable]:
    if shop.missed:
        titles = (msg("Name"), msg("Predicted"), msg("Found"))
        yield HtmlTable(
            caption=context.translate(msg("Fields of {shop} without the predicted value", shop=shop.shop)),
            columns=tuple(context.translate(title) for title in titles),
            rows=tuple(_missed_row(miss, context) for miss in shop.missed),
        )


def _missed_row(miss: PredictionMissed, context: RenderContext) -> HtmlRow:
    predicted, found = context.value_pair(miss.predicted, miss.found, miss.ref.spec.policy.words)
    name = HtmlCell(text=full_field_name(miss.ref, context))
    cells = (name, HtmlCell(text=predicted, code=True), HtmlCell(text=found, code=True))
    return HtmlRow(cells=cells, counts={Counted.DIFFERENCES: 1})
