"""Drift as Markdown: the sum and one table of all that stands otherwise than Git says.

In: a drift. Out: text for a pull request or an issue.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.drift.drift import Drift, Entry, ShopDrift
from reconciler.views.common.context import Look, page
from reconciler.views.common.drift_summary import drift_sum
from reconciler.views.common.notifications import heard_rest, heard_rows
from reconciler.views.common.phrases import changed_note, drift_note, listed
from reconciler.views.markdown.parts import code, escaped, finding_items, table


def drift_markdown(drift: Drift, look: Look) -> str:
    return page(_lines(drift, look))


def _lines(drift: Drift, look: Look) -> Iterator[str]:
    yield f"### {escaped(drift_sum(drift, look))}"
    yield ""
    yield from finding_items(drift.all_findings, look)
    if any(shop.entries for shop in drift.shops):
        yield ""
        titles = (say("Shop"), say("Field"), say("Label"), say("Wanted"), say("Observed"), say("Place"), say("Note"))
        rows = (_row(shop, entry, look) for shop in drift.shops for entry in shop.entries)
        yield from table([escaped(look.tell(title)) for title in titles], rows)
    yield from _heard(drift, look)


def _heard(drift: Drift, look: Look) -> Iterator[str]:
    told = [(escaped(shop), escaped(text)) for shop, text in heard_rows(drift, look)]
    if not told:
        return
    yield ""
    yield from table([escaped(look.tell(title)) for title in (say("Shop"), say("Last notification"))], told)
    rest = heard_rest(drift)
    if rest is not None:
        yield ""
        yield escaped(look.tell(rest))


def _row(shop: ShopDrift, entry: Entry, look: Look) -> tuple[str, ...]:
    notes = [note for note in (drift_note(entry, look), changed_note(entry, look)) if note]
    return (
        escaped(shop.shop),
        code(entry.ref.declared or str(entry.ref)),
        escaped(entry.ref.called),
        *(code(value) for value in look.pair(entry.wanted, entry.observed)),
        code(str(entry.origin)),
        escaped(listed(notes, look)),
    )
