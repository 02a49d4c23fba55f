"""Numbers as bars.

In: counts by name. Out: a chart; the longest bar is the largest number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.views.common.context import RenderContext
from reconciler.views.html.elements import Bar, BarChart, ChartRow, Tone

_MOST_BARS: Final = 12


def charts(rows: Iterable[BarChart | None]) -> tuple[ChartRow, ...]:
    """Those with bars, side by side where there is room; nothing for none."""
    shown = tuple(chart for chart in rows if chart is not None)
    return (ChartRow(charts=shown),) if shown else ()


def bar_chart(
    caption: Message, columns: tuple[Message, Message], counts: Iterable[tuple[str, int, Tone]], context: RenderContext
) -> BarChart | None:
    """In the order given; numbers after the last bar together. None where all are zero."""
    shown = [count for count in counts if count[1]]
    if not shown:
        return None
    rest = shown[_MOST_BARS:]
    if rest:
        others = context.plural("{count} more", "{count} more", len(rest))
        shown = [*shown[:_MOST_BARS], (others, sum(count for _, count, _ in rest), "quiet")]
    name, value = (context.translate(column) for column in columns)
    return BarChart(caption=context.translate(caption), columns=(name, value), bars=tuple(_bars(shown)))


def _bars(counts: Sequence[tuple[str, int, Tone]]) -> Iterable[Bar]:
    largest = max(count for _, count, _ in counts)
    for label, count, tone in counts:
        yield Bar(label=label, value=f"{count:,}", share=max(1, round(100 * count / largest)), tone=tone)


SHOPS: Final = msg("Shops")


def shops_by_outcome(counts: Iterable[tuple[str, int, Tone]], context: RenderContext) -> BarChart | None:
    return bar_chart(msg("Shops by outcome"), (msg("Outcome"), SHOPS), counts, context)


def closed_times(seconds: Sequence[int], caption: Message, context: RenderContext) -> BarChart | None:
    """How many shops for how long; in ranges, where the times differ much."""
    if not seconds:
        return None
    step = max(1, -(-(max(seconds) - min(seconds) + 1) // _MOST_BARS))
    first = min(seconds)
    counts: dict[int, int] = {}
    for each in sorted(seconds):
        at = first + (each - first) // step * step
        counts[at] = counts.get(at, 0) + 1
    rows = [(_range(at, step, context), count, "warn") for at, count in counts.items()]
    return bar_chart(caption, (msg("Time"), SHOPS), rows, context)


def _range(first: int, step: int, context: RenderContext) -> str:
    if step == 1:
        return context.translate(msg("{seconds} s", seconds=first))
    return context.translate(msg("{first} to {last} s", first=first, last=first + step - 1))
