"""The progress of an apply on stderr, from the events of the run.

In: events. Out: on a terminal a bar, or one row per wave, that disappears afterwards (`live_display.py`); elsewhere plain lines:
one per finished shop, or, with waves, one per wave and one per failed shop.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.cli.shell.live_display import live_display
from reconciler.cli.shell.shop_outcomes import WELL, ShopOutcomes
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import (
    Event,
    ShopEvent,
    ShopFinished,
    ShopInSync,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.runs.report import ShopReport
from reconciler.views.common.outcomes import shop_line

if TYPE_CHECKING:
    from reconciler.ports import ProgressListener


class ProgressLines:
    """One a shop, when it is finished: what came of it, and for how long it was closed."""

    def __init__(self, terminal: Terminal, plan: Plan) -> None:
        self._terminal = terminal
        self._outcomes = ShopOutcomes(plan)

    def on_event(self, event: Event) -> None:
        if isinstance(event, ShopInSync) or not isinstance(event, ShopEvent):
            return
        shop = self._outcomes.of(event)
        if shop is not None:
            self._terminal.write_progress(f"{shop_line(shop, self._terminal.render_context(aside=True))}\n")


class WaveProgressLines:
    """One a wave, one for each shop that failed, and one where the run waits."""

    def __init__(self, terminal: Terminal, plan: Plan) -> None:
        self._terminal = terminal
        self._look = terminal.render_context(aside=True)
        self._outcomes = ShopOutcomes(plan)
        self._wave = WaveStarted(wave=0, waves=0, name="", shops=0)
        self._failed = 0

    def on_event(self, event: Event) -> None:
        from reconciler.views.text.waves import wave_finished, wave_soaks

        match event:
            case WaveStarted():
                self._wave, self._failed = event, 0
            case WaveSoaking():
                self._say(wave_soaks(self._wave, event, self._look))
            case WaveFinished():
                self._say(wave_finished(self._wave, event, self._failed, self._look))
            case ShopFinished():
                self._shop(self._outcomes.of(event))
            case _ if isinstance(event, ShopEvent):
                self._outcomes.of(event)

    def _shop(self, shop: ShopReport | None) -> None:
        if shop is not None and shop.outcome not in WELL:
            self._failed += 1
            self._say(shop_line(shop, self._look))

    def _say(self, line: str) -> None:
        self._terminal.write_progress(f"{line}\n")


@contextmanager
def progress_listener(terminal: Terminal, plan: Plan, *, waves: bool = False) -> Iterator[ProgressListener | None]:
    """None without a terminal. Lines and a bar exclude each other, so there is no bar if requests are shown."""
    if terminal.quiet or sys.stderr is None:
        yield None
        return
    if terminal.shows_requests or not sys.stderr.isatty():
        yield WaveProgressLines(terminal, plan) if waves else ProgressLines(terminal, plan)
        return
    with live_display(terminal, plan, waves=waves) as display:
        yield display
