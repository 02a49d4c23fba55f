"""The progress of an apply, redrawn on a terminal: a bar, or one row per wave.

In: events. Out: a display that disappears afterwards. It is drawn in the thread that writes stderr (`OutputQueue`), since rich
waits for the terminal when it draws; messages appear above it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from reconciler.cli.shell.shop_outcomes import WELL, ShopOutcomes
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan
from reconciler.core.runs.events import (
    Event,
    RunStarted,
    ShopEvent,
    ShopFinished,
    ShopSkipped,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.runs.report import ShopReport
from reconciler.lib.output_queue import OutputQueue, write_all
from reconciler.views.common.context import RenderContext
from reconciler.views.common.outcomes import shop_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from reconciler.ports import ProgressListener


class ProgressBar:
    def __init__(self, drawn: RichProgress, title: str) -> None:
        self._drawn = drawn
        self._task = drawn.add_task(title, total=None, state="")

    def on_event(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._drawn.update(self._task, total=event.shops)
        elif isinstance(event, ShopFinished | ShopSkipped):
            self._drawn.advance(self._task)


class WaveProgressTable:
    """A row a wave, with how many shops failed, how long it took and how long it will take; what failed is printed above it."""

    def __init__(self, drawn: RichProgress, plan: Plan, context: RenderContext) -> None:
        self._drawn = drawn
        self._look = context
        self._outcomes = ShopOutcomes(plan)
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
        if shop.outcome not in WELL:
            self._failed += 1
            self._drawn.console.print(shop_line(shop, self._look), markup=False)
            self._state(self._look.translate(msg("failed: {count}", count=self._failed)))

    def _state(self, state: str) -> None:
        if self._row is not None:
            self._drawn.update(self._row, state=state)


@contextmanager
def live_display(terminal: Terminal, plan: Plan, *, waves: bool) -> Iterator[ProgressListener | None]:
    """None where stderr has no descriptor to draw on."""
    queue, context = terminal.streams.stderr.queue(), terminal.render_context(aside=True)
    if queue is None:
        yield None
        return
    display = _QueuedDisplay(queue, plan, context, waves=waves)
    queue.put(display.start)
    try:
        yield display
    finally:
        queue.put(display.stop)


class _QueuedDisplay:
    """Hands each event over to the thread that draws. Its other methods are called in that thread."""

    def __init__(self, queue: OutputQueue, plan: Plan, context: RenderContext, *, waves: bool) -> None:
        self._queue = queue
        self._plan = plan
        self._look = context
        self._waves = waves
        self._drawn: RichProgress | None = None
        self._listener: ProgressListener | None = None

    def on_event(self, event: Event) -> None:
        self._queue.put(partial(self._show, event))

    def start(self) -> None:
        drawn = _progress(self._queue.descriptor, self._look)
        self._listener = (
            WaveProgressTable(drawn, self._plan, self._look)
            if self._waves
            else ProgressBar(drawn, self._look.translate(msg("Applying")))
        )
        self._drawn = drawn
        drawn.start()
        self._queue.printer = self._print_above

    def stop(self) -> None:
        self._queue.printer = partial(write_all, self._queue.descriptor)
        if self._drawn is not None:
            self._drawn.stop()

    def _show(self, event: Event) -> None:
        if self._listener is not None:
            self._listener.on_event(event)

    def _print_above(self, data: bytes) -> None:
        from rich.text import Text

        if self._drawn is not None:
            self._drawn.console.print(Text.from_ansi(data.decode("utf-8", errors="replace")), soft_wrap=True)


class _DescriptorStream(io.TextIOBase):
    """What rich writes to: without a buffer of Python's, which a thread that waits for the terminal would keep locked."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self._descriptor = descriptor
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]  # a variable there
        return self._encoding

    def write(self, text: str) -> int:
        write_all(self._descriptor, text.encode(self._encoding, errors="backslashreplace"))
        return len(text)

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return True


def _progress(descriptor: int, context: RenderContext) -> RichProgress:
    """Widths are rich's own, which count double-width characters."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    stream = _DescriptorStream(descriptor, encoding)
    console = Console(file=stream, no_color=not context.colour, highlight=False, emoji=False)  # type: ignore[arg-type]  # an IO[str] in all that rich uses
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
