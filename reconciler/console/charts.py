"""The shape of a chart over time: stacked columns in a box of fixed size, which the style sheet stretches.

In: a `TrendChart`. Out: rectangles. Labels are text beside the drawing, so that they keep their size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import TrendChart
from reconciler.lib.frozen_class import frozen
from reconciler.views.html.elements import Tone

_HEIGHT: Final = 100.0
_STEP: Final = 10.0
_GAP: Final = 1.5


@frozen
class ColumnPart:
    tone: Tone
    x: str
    y: str
    width: str
    height: str


@frozen
class TrendShape:
    """`most` is the number at the top of the box."""

    width: str
    height: str
    most: str
    bars: tuple[ColumnPart, ...]


def trend_shape(chart: TrendChart) -> TrendShape:
    sums = [sum(series.values[at] or 0 for series in chart.drawn) for at in range(len(chart.points))]
    most = _round_number(max(sums, default=0))
    return TrendShape(
        width=_shown(_STEP * len(chart.points)),
        height=_shown(_HEIGHT),
        most=f"{most:,}",
        bars=tuple(_parts(chart, most)),
    )


def _parts(chart: TrendChart, most: int) -> Iterator[ColumnPart]:
    """The first series is at the bottom."""
    for at in range(len(chart.points)):
        level = _HEIGHT
        for series in chart.drawn:
            height = _HEIGHT * (series.values[at] or 0) / most
            if height:
                level -= height
                yield ColumnPart(
                    tone=series.tone,
                    x=_shown(_STEP * at + _GAP / 2),
                    y=_shown(level),
                    width=_shown(_STEP - _GAP),
                    height=_shown(height),
                )


def _round_number(number: int) -> int:
    """The next one of the form 1, 2, 4 or 5 times a power of ten."""
    size = 1
    while True:
        for factor in (1, 2, 4, 5):
            if factor * size >= number:
                return factor * size
        size *= 10


def _shown(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
