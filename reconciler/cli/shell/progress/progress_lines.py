"""Progress of an apply on stderr, from the events of the run.

In: events. Out: on a terminal a display that is gone afterwards (`live_display.py`); elsewhere plain lines: one per wave, and one
for each tenth of a run of many shops. No line is about a single shop: the report names each of them once.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from reconciler.cli.shell.progress.live_display import live_display
from reconciler.cli.shell.progress.run_shape import RunShape
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.runs.events import Event, ShopEvent, ShopFinished, WaveFinished, WaveSoaking, WaveStarted
from reconciler.core.runs.shop_outcomes import ShopOutcomes

if TYPE_CHECKING:
    from reconciler.ports import ProgressListener

_MANY: Final = 20
"""Shops from which on parts of a run are reported."""
_PARTS: Final = 10


class ProgressLines:
    """A line for each tenth of the run and for each wave. The last tenth is left to the report."""

    def __init__(self, terminal: Terminal, shape: RunShape, clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._context = terminal.render_context(aside=True)
        self._outcomes = ShopOutcomes(shape.plan.shops)
        self._shops = len(shape.work)
        self._clock = clock
        self._remaining = shape.remaining_time(clock())
        self._wave = WaveStarted(wave=0, waves=0, name="", shops=0)
        self._finished = self._failed = self._failed_in_wave = 0

    def on_event(self, event: Event) -> None:
        from reconciler.views.text.waves import wave_finished, wave_soaks

        match event:
            case WaveStarted():
                self._remaining.start_wave(self._clock())
                self._wave, self._failed_in_wave = event, 0
            case WaveSoaking():
                self._remaining.start_soak(event.seconds, self._clock())
                self._say(wave_soaks(self._wave, event, self._context))
            case WaveFinished():
                self._say(wave_finished(self._wave, event, self._failed_in_wave, self._context))
            case _ if isinstance(event, ShopEvent):
                self._shop(event)

    def _shop(self, event: ShopEvent) -> None:
        from reconciler.views.common.run_progress import milestone

        shop = self._outcomes.of(event)
        if shop is None or not isinstance(event, ShopFinished):
            return
        before, self._finished = self._finished, self._finished + 1
        self._failed += shop.failed
        self._failed_in_wave += shop.failed
        self._remaining.finish_shop(self._clock())
        if self._part(before) < self._part(self._finished) < _PARTS:
            left = self._remaining.left(self._clock())
            self._say(milestone(self._finished, self._shops, self._failed, left, self._context))

    def _part(self, finished: int) -> int:
        return 0 if self._shops < _MANY else finished * _PARTS // self._shops

    def _say(self, line: str) -> None:
        self._terminal.write_progress(f"{line}\n")


@contextmanager
def progress_listener(terminal: Terminal, shape: RunShape) -> Iterator[ProgressListener | None]:
    """None with `--quiet` and without a stderr. Lines do not go with a bar, so where requests are shown there is none."""
    if terminal.quiet or sys.stderr is None:
        yield None
        return
    if terminal.log is not None or terminal.shows_requests or not sys.stderr.isatty():
        yield ProgressLines(terminal, shape)
        return
    with live_display(terminal, shape) as display:
        yield display
