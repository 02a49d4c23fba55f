"""Drift as a page: shops in which payments do not work, what was found, all differences from Git, notifications.

In: the result of `drift` and a context. Out: HTML.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.drift_groups import DriftGroup, group_drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.drift_summary import drift_summary
from reconciler.views.common.field_names import bare_field_name, full_field_name
from reconciler.views.common.fleet.drift_rows import DRIFT_ROOM, drift_row, folds_drift
from reconciler.views.common.notifications import notification_rest, notification_rows
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import changed_note, drift_note, drift_values, join_list, problem_words
from reconciler.views.common.unmanaged import NO_MANIFEST, unmanaged_rows
from reconciler.views.html.charts import bar_chart, charts, shops_by_outcome
from reconciler.views.html.diagnostics import each_of, grouped
from reconciler.views.html.elements import (
    BarChart,
    Content,
    HtmlCell,
    HtmlPage,
    HtmlRow,
    HtmlSection,
    HtmlTable,
    Sentences,
    Tone,
)
from reconciler.views.html.words import identity_facts
from reconciler.views.html.writer import write_page

_LABELS: Final[dict[DriftLabel, tuple[Message, Tone]]] = {
    DriftLabel.CONFLICT: (msg("conflict"), "bad"),
    DriftLabel.DRIFTED: (msg("drifted"), "warn"),
    DriftLabel.NOT_FOLLOWING: (msg("not following"), "warn"),
    DriftLabel.DIFFERS: (msg("differs"), "warn"),
    DriftLabel.PENDING: (msg("pending"), "plain"),
    DriftLabel.CONVERGED: (msg("converged by hand"), "quiet"),
}
_OUTCOMES: Final[dict[str, tuple[Message, Tone]]] = {
    "critical": (msg("payments do not work"), "bad"),
    "drifted": (msg("drifted"), "warn"),
    "unknown": (msg("could not be compared"), "bad"),
    "in-sync": (msg("in sync"), "good"),
}


def drift_html(result: DriftResult, context: RenderContext) -> str:
    drift = result.drift
    broken = any(shop.problems for shop in drift.shops)
    page = HtmlPage(
        kind="drift",
        head=drift_summary(drift, context),
        tone="bad" if broken else "warn" if drift.differs else "good",
        sections=tuple(_sections(result, context)),
        facts=identity_facts(result.identity, context),
    )
    return write_page(page, context)


def _sections(result: DriftResult, context: RenderContext) -> Iterator[HtmlSection]:
    drift = result.drift
    folded = folds_drift(drift, context)
    yield _section("payments", msg("Payments do not work"), tuple(_broken(drift, context)), context)
    found = (grouped if folded else each_of)(drift.all_findings, context)
    yield _section("diagnostics", msg("Diagnostics"), found, context)
    yield _section("overview", msg("Overview"), charts(_charts(result, context)), context)
    differences = _folded(drift, context) if folded else _each_entry(drift, context)
    yield _section("differences", msg("Differences"), tuple(differences), context)
    yield _section("notifications", msg("Notifications"), tuple(_heard(drift, context)), context)
    yield _section("unmanaged", NO_MANIFEST, tuple(_unmanaged(drift, context)), context)


def _section(name: str, title: Message, contents: tuple[Content, ...], context: RenderContext) -> HtmlSection:
    return HtmlSection(name=name, title=context.translate(title), contents=contents)


def _charts(result: DriftResult, context: RenderContext) -> Iterator[BarChart | None]:
    entries = [entry for shop in result.drift.shops_with_entries for entry in shop.entries]
    names: Counter[str] = Counter()
    for ref, count in Counter(entry.ref for entry in entries).items():
        names[full_field_name(ref, context)] += count
    fields = [(name, count, "plain") for name, count in names.most_common()]
    yield bar_chart(msg("Differences by field"), (msg("Field"), msg("Differences")), fields, context)
    labels = Counter(entry.label for entry in entries)
    sides = [(context.translate(word), labels[label], tone) for label, (word, tone) in _LABELS.items()]
    yield bar_chart(msg("Differences by side"), (msg("Side"), msg("Differences")), sides, context)
    counts = result.counts
    outcomes = [(context.translate(word), counts.get(name, 0), tone) for name, (word, tone) in _OUTCOMES.items()]
    yield shops_by_outcome(outcomes, context)


def _folded(drift: Drift, context: RenderContext) -> Iterator[HtmlTable]:
    groups = group_drift(drift.shops_with_entries, DRIFT_ROOM)
    if groups:
        titles = (msg("Shops"), msg("Field"), msg("Name"), msg("Values"), msg("Place"), msg("Note"))
        caption = context.translate(msg("Equal differences of several shops are one row"))
        yield _table(caption, titles, (_folded_row(group, context) for group in groups), context)


def _folded_row(group: DriftGroup, context: RenderContext) -> HtmlRow:
    each = drift_row(group, context)
    cells = (
        HtmlCell(text=each.shops),
        HtmlCell(text=each.key, code=bool(each.key)),
        HtmlCell(text=each.name),
        HtmlCell(text=each.values, code=True),
        HtmlCell(text=each.place),
        HtmlCell(text=join_list([note for note in (each.note, each.changed) if note], context)),
    )
    return HtmlRow(cells=cells, counts={Counted.DIFFERENCES: len(group.members)})


def _each_entry(drift: Drift, context: RenderContext) -> Iterator[HtmlTable]:
    rows = tuple(_row(shop, entry, context) for shop in drift.shops_with_entries for entry in shop.entries)
    if rows:
        titles = (msg("Shop"), msg("Field"), msg("Name"), msg("Desired"), msg("Observed"), msg("Place"), msg("Note"))
        yield _table(context.translate(msg("Differences from Git")), titles, rows, context)


def _row(shop: ShopDrift, entry: DriftEntry, context: RenderContext) -> HtmlRow:
    desired, observed = drift_values(entry, context)
    notes = [note for note in (drift_note(entry, context), changed_note(entry, context)) if note]
    cells = (
        HtmlCell(text=shop.shop),
        HtmlCell(text=entry.ref.manifest_path or str(entry.ref), code=True),
        HtmlCell(text=bare_field_name(entry.ref, context)),
        HtmlCell(text=desired, code=True),
        HtmlCell(text=observed, code=True),
        HtmlCell(text=str(entry.origin), code=True),
        HtmlCell(text=join_list(notes, context)),
    )
    return HtmlRow(cells=cells, counts={Counted.DIFFERENCES: 1})


def _broken(drift: Drift, context: RenderContext) -> Iterator[HtmlTable]:
    shops = [(shop.shop, problem_words(shop, context)) for shop in drift.shops if shop.problems]
    titles = (msg("Shop"), msg("Problem"))
    yield from _shops(context.translate(msg("Payments do not work")), titles, shops, context)


def _heard(drift: Drift, context: RenderContext) -> Iterator[Content]:
    rows = notification_rows(drift, context)
    titles = (msg("Shop"), msg("Last notification"))
    yield from _shops(context.translate(msg("Last notification")), titles, rows, context)
    rest = notification_rest(drift)
    if rest is not None:
        yield Sentences(texts=(context.translate(rest),))


def _unmanaged(drift: Drift, context: RenderContext) -> Iterator[HtmlTable]:
    titles = (msg("Shop"), msg("Last applied"))
    yield from _shops(context.translate(NO_MANIFEST), titles, unmanaged_rows(drift, context), context)


def _shops(
    caption: str, titles: tuple[Message, ...], shops: list[tuple[ShopKey, str]], context: RenderContext
) -> Iterator[HtmlTable]:
    if shops:
        rows = (
            HtmlRow(cells=(HtmlCell(text=shop), HtmlCell(text=text)), counts={Counted.SHOPS: 1}) for shop, text in shops
        )
        yield _table(caption, titles, rows, context)


def _table(caption: str, titles: tuple[Message, ...], rows: Iterable[HtmlRow], context: RenderContext) -> HtmlTable:
    return HtmlTable(caption=caption, columns=tuple(context.translate(title) for title in titles), rows=tuple(rows))
