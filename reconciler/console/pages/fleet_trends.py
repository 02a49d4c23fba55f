"""What the first page shows over time: open findings, and how long shops were closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import Series, TrendChart
from reconciler.console.parts.cells import SEVERITY_TONES, length_message
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.words import SEVERITY_NAMES
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.closures import ClosureFigures
from reconciler.core.overview.drift_trend import DriftTrend

_DAY: Final = 86_400
_DATE: Final = 10
"""Characters of a day at the start of a moment."""


def drift_trend(trend: DriftTrend, visit: PageVisit) -> Iterator[TrendChart]:
    """Nothing before there are two points."""
    if len(trend.points) < 2:
        return
    first, last = trend.points[0], trend.points[-1]
    text = msg(
        "Open findings from {start} to {end}: {before} at first, {after} at last, {most} at most.",
        start=first.at,
        end=last.at,
        before=first.findings,
        after=last.findings,
        most=trend.highest,
    )
    daily = trend.step >= _DAY
    yield TrendChart(
        name="drift-trend",
        caption=visit.say(msg("Open findings over time")),
        text=visit.say(text),
        axis=visit.say(msg("Time")),
        points=tuple(visit.time(point.at)[:_DATE] if daily else visit.time(point.at) for point in trend.points),
        series=tuple(
            Series(
                title=visit.say(SEVERITY_NAMES[severity]),
                tone=SEVERITY_TONES[severity],
                values=tuple(point.open.get(severity, 0) for point in trend.points),
            )
            for severity in sorted(FindingSeverity, reverse=True)
        ),
    )


def closure_trend(closures: ClosureFigures, visit: PageVisit) -> Iterator[TrendChart]:
    days = closures.days
    if len(days) < 2:
        return
    text = msg(
        "Seconds for which shops were closed, from {start} to {end}: {seconds} in {count} closures, the longest one {longest}.",
        start=days[0].day,
        end=days[-1].day,
        seconds=round(closures.seconds),
        count=closures.count,
        longest=length_message(max(day.longest for day in days)),
    )
    yield TrendChart(
        name="closure-trend",
        caption=visit.say(msg("Seconds closed on each day (UTC)")),
        text=visit.say(text),
        axis=visit.say(msg("Day")),
        points=tuple(day.day for day in days),
        series=(
            Series(
                title=visit.say(msg("Seconds closed")),
                tone="plain",
                values=tuple(-int(-day.seconds // 1) for day in days),
            ),
            Series(
                title=visit.say(msg("Closures")), tone="plain", values=tuple(day.count for day in days), drawn=False
            ),
        ),
    )
