"""Progress of an apply, redrawn on a terminal: a row per wave, and one for the run as a whole.

In: events. Out: a display that is gone afterwards. It is drawn in the thread that writes stderr (`OutputQueue`), since rich waits
for the terminal wherever it draws; what is written in between appears above it, and stays.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from reconciler.cli.shell.progress.run_shape import RunShape
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.waves import Wave
from reconciler.core.runs.events import Event, ShopEvent, ShopFinished, WaveFinished, WaveSoaking, WaveStarted
from reconciler.core.runs.report import ShopReport
from reconciler.core.runs.shop_outcomes import ShopOutcomes
from reconciler.lib.output_queue import OutputQueue, write_all
from reconciler.views.common.context import RenderContext
from reconciler.views.common.run_progress import run_state, shop_line, soak_state, wave_state
from reconciler.views.text.waves import wave_end, wave_name

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from reconciler.ports import ProgressListener

_ECHO: Final = len("^C")
Clock = Callable[[], float]
State = Callable[[], str]
"""The text behind a bar, computed each time it is drawn: times go on between events."""


class RolloutRow:
    """The run as a whole: how long it has gone on, and how long it still takes, with the waits between its waves."""

    def __init__(self, drawn: RichProgress, shape: RunShape, context: RenderContext, clock: Clock) -> None:
        self._drawn = drawn
        self._context = context
        self._clock = clock
        self._remaining = shape.remaining_time(clock())
        title = context.translate(msg("Rollout") if shape.waves else msg("Applying"))
        self._task = drawn.add_task(title, total=len(shape.work), state=self._state)

    def on_event(self, event: Event) -> None:
        match event:
            case WaveStarted():
                self._remaining.start_wave(self._clock())
            case WaveSoaking():
                self._remaining.start_soak(event.seconds, self._clock())
            case ShopFinished():
                self._remaining.finish_shop(self._clock())
                self._drawn.advance(self._task)

    def soak_state(self) -> str:
        return soak_state(self._remaining.soak_left(self._clock()), self._context)

    def _state(self) -> str:
        now = self._clock()
        return run_state(self._remaining.elapsed(now), self._remaining.left(now), self._context)


class WaveRows:
    """A row per wave with work: how many of its shops failed, how long a wait still lasts, how it ended."""

    def __init__(self, drawn: RichProgress, shape: RunShape, context: RenderContext) -> None:
        self._drawn = drawn
        self._context = context
        self._rows = {wave.number: self._add(wave, len(shape.waves), shops) for wave, shops in shape.busy}
        self._failed = 0

    def on_event(self, event: Event, soak: State) -> None:
        match event:
            case WaveStarted():
                self._failed = 0
            case WaveSoaking():
                self._update(event.wave, soak)
            case WaveFinished():
                self._update(event.wave, partial(wave_state, self._failed, self._context, ended=wave_end(event)))

    def add_shop(self, wave: int, *, failed: bool) -> None:
        self._failed += failed
        if wave in self._rows:
            self._drawn.advance(self._rows[wave])
            self._update(wave, partial(wave_state, self._failed, self._context))

    def _add(self, wave: Wave, waves: int, shops: int) -> TaskID:
        started = WaveStarted(wave=wave.number, waves=waves, name=wave.name, shops=shops)
        return self._drawn.add_task(wave_name(started, self._context), total=shops, state=_nothing)

    def _update(self, wave: int, state: State) -> None:
        if wave in self._rows:
            self._drawn.update(self._rows[wave], state=state)


class RunDisplay:
    """The waves, and below them the run. A shop that failed is printed above, and stays there."""

    def __init__(
        self, drawn: RichProgress, shape: RunShape, context: RenderContext, clock: Clock = time.monotonic
    ) -> None:
        self._drawn = drawn
        self._context = context
        self._outcomes = ShopOutcomes(shape.plan.shops)
        self._waves = WaveRows(drawn, shape, context)
        self._run = RolloutRow(drawn, shape, context, clock)
        self._wave = 0

    def on_event(self, event: Event) -> None:
        self._run.on_event(event)
        self._waves.on_event(event, self._run.soak_state)
        if isinstance(event, WaveStarted):
            self._wave = event.wave
        elif isinstance(event, ShopEvent):
            self._shop(self._outcomes.of(event))

    def _shop(self, shop: ShopReport | None) -> None:
        if shop is None:
            return
        self._waves.add_shop(self._wave, failed=shop.failed)
        if shop.failed:
            self._drawn.console.print(shop_line(shop, self._context), markup=False)


def _nothing() -> str:
    return ""


@contextmanager
def live_display(terminal: Terminal, shape: RunShape) -> Iterator[ProgressListener | None]:
    """None where stderr has no descriptor to draw on."""
    queue, context = terminal.streams.stderr.queue(), terminal.render_context(aside=True)
    if queue is None:
        yield None
        return
    display = _QueuedDisplay(queue, shape, context)
    queue.put(display.start)
    try:
        yield display
    finally:
        queue.put(display.stop)


class _QueuedDisplay:
    """Hands each event over to the thread that draws. Its other methods are called in that thread."""

    def __init__(self, queue: OutputQueue, shape: RunShape, context: RenderContext) -> None:
        self._queue = queue
        self._shape = shape
        self._context = context
        self._drawn: RichProgress | None = None
        self._listener: ProgressListener | None = None

    def on_event(self, event: Event) -> None:
        self._queue.put(partial(self._show, event))

    def start(self) -> None:
        drawn = _progress(self._queue.descriptor, self._context)
        self._listener = RunDisplay(drawn, self._shape, self._context)
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
            text = data.decode("utf-8", errors="replace").removesuffix("\n")  # rich ends the line itself
            self._drawn.console.print(Text.from_ansi(text), soft_wrap=True)


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
    """Widths are rich's own, which count the characters that take two cells."""
    from rich.console import Console, ConsoleDimensions
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
    )
    from rich.table import Column
    from rich.text import Text

    class StateColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(task.fields["state"]())

    class DisplayConsole(Console):
        @property  # type: ignore[misc]  # nothing sets it
        def size(self) -> ConsoleDimensions:
            """With room for the `^C` that a terminal shows behind a full row: in a new line it would move the display."""
            full = super().size
            return ConsoleDimensions(max(full.width - _ECHO, 1), full.height)

    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    stream = _DescriptorStream(descriptor, encoding)
    console = DisplayConsole(file=stream, no_color=not context.colour, highlight=False, emoji=False)  # type: ignore[arg-type]  # an IO[str] in all that rich uses
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        StateColumn(Column(no_wrap=True)),  # a row that comes and goes would leave lines behind; the bar gives way
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
