"""How far an apply has come, told on stderr by the events of the run.

In: events. Out: on a terminal a bar, or a row a wave, that is gone afterwards; elsewhere plain lines: one for each shop that is
finished, or, where the run goes in waves, one a wave and one for each shop that failed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import (
    Event,
    RunStarted,
    ShopEvent,
    ShopFinished,
    ShopInSync,
    ShopSkipped,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.runs.report import ShopOutcome, ShopReport, fold
from reconciler.core.values import ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.outcomes import shop_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from reconciler.ports import ProgressListener

_WELL: Final = frozenset({ShopOutcome.APPLIED, ShopOutcome.UNCHANGED, ShopOutcome.REFUSED})


class ProgressBar:
    def __init__(self, drawn: RichProgress, title: str) -> None:
        self._drawn = drawn
        self._task = drawn.add_task(title, total=None, state="")

    def on_event(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._drawn.update(self._task, total=event.shops)
        elif isinstance(event, ShopFinished | ShopSkipped):
            self._drawn.advance(self._task)


class Outcomes:
    """What came of each shop, as soon as it is finished."""

    def __init__(self, plan: Plan) -> None:
        self._plans = {shop.shop: shop for shop in plan.shops}
        self._told: dict[ShopKey, list[Event]] = {}

    def of(self, event: ShopEvent) -> ShopReport | None:
        """None while the shop is under way."""
        self._told.setdefault(event.shop, []).append(event)
        if not isinstance(event, ShopFinished):
            return None
        alone = Plan(shops=(self._plans[event.shop],), fingerprint="")
        return fold(alone, self._told.pop(event.shop)).shops[0]


class ProgressLines:
    """One a shop, when it is finished: what came of it, and for how long it was closed."""

    def __init__(self, terminal: Terminal, plan: Plan) -> None:
        self._terminal = terminal
        self._outcomes = Outcomes(plan)

    def on_event(self, event: Event) -> None:
        if isinstance(event, ShopInSync) or not isinstance(event, ShopEvent):
            return
        shop = self._outcomes.of(event)
        if shop is not None:
            self._terminal.write_stderr(f"{shop_line(shop, self._terminal.render_context(aside=True))}\n")


class WaveProgressLines:
    """One a wave, one for each shop that failed, and one where the run waits."""

    def __init__(self, terminal: Terminal, plan: Plan) -> None:
        self._terminal = terminal
        self._look = terminal.render_context(aside=True)
        self._outcomes = Outcomes(plan)
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
        if shop is not None and shop.outcome not in _WELL:
            self._failed += 1
            self._say(shop_line(shop, self._look))

    def _say(self, line: str) -> None:
        self._terminal.write_stderr(f"{line}\n")


class WaveProgressTable:
    """A row a wave, with how many shops failed, how long it took and how long it will take; what failed is told above it."""

    def __init__(self, drawn: RichProgress, plan: Plan, context: RenderContext) -> None:
        self._drawn = drawn
        self._look = context
        self._outcomes = Outcomes(plan)
        self._row: TaskID | None = None
        self._failed = 0

    def on_event(self, event: Event) -> None:
        match event:
            case WaveStarted():
                self._begin(event)
            case WaveSoaking():
                self._state(self._look.translate(msg("waits {seconds} s", seconds=event.seconds)))
            case WaveFinished():
                self._state(self._look.translate(msg("halted") if event.why else msg("passed")))
            case _ if isinstance(event, ShopEvent):
                self._shop(self._outcomes.of(event))

    def _begin(self, wave: WaveStarted) -> None:
        from reconciler.views.text.waves import wave_name

        self._failed = 0
        self._row = self._drawn.add_task(wave_name(wave, self._look), total=wave.shops, state="")

    def _shop(self, shop: ShopReport | None) -> None:
        if shop is None or self._row is None:
            return
        self._drawn.advance(self._row)
        if shop.outcome not in _WELL:
            self._failed += 1
            self._drawn.console.print(shop_line(shop, self._look), markup=False)
            self._state(self._look.translate(msg("failed: {count}", count=self._failed)))

    def _state(self, state: str) -> None:
        if self._row is not None:
            self._drawn.update(self._row, state=state)


@contextmanager
def progress_listener(terminal: Terminal, plan: Plan, *, waves: bool = False) -> Iterator[ProgressListener | None]:
    """None where nobody looks. Lines do not go with a bar, so where requests are shown there is none."""
    if terminal.quiet or sys.stderr is None:
        yield None
        return
    if terminal.shows_requests or not sys.stderr.isatty():
        yield WaveProgressLines(terminal, plan) if waves else ProgressLines(terminal, plan)
        return
    context = terminal.render_context(aside=True)
    with _drawn(context) as drawn:
        yield (
            WaveProgressTable(drawn, plan, context) if waves else ProgressBar(drawn, context.translate(msg("Applying")))
        )


def _drawn(context: RenderContext) -> RichProgress:
    """Widths are rich's own, which count what stands in a cell of two."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, no_color=not context.colour, highlight=False)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        console=console,
        transient=True,
    )
