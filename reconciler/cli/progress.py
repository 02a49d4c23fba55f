"""A bar on the terminal while a plan is applied, moved by the events of the run.

In: events. Out: a line on stderr that is gone afterwards. Nothing where nobody is looking.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.cli.terminal import Terminal
from reconciler.core.events import Event, RunStarted, ShopFinished, ShopSkipped
from reconciler.core.texts import say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from reconciler.ports import Progress


class Bar:
    def __init__(self, drawn: RichProgress, title: str) -> None:
        self._drawn = drawn
        self._task = drawn.add_task(title, total=None)

    def see(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._drawn.update(self._task, total=event.shops)
        elif isinstance(event, ShopFinished | ShopSkipped):
            self._drawn.advance(self._task)


@contextmanager
def progress(terminal: Terminal) -> Iterator[tuple[Progress, ...]]:
    """A watcher, or none."""
    if terminal.quiet or sys.stderr is None or not sys.stderr.isatty():
        yield ()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    look = terminal.look(aside=True)
    console = Console(stderr=True, no_color=not look.colour, highlight=False)
    shapes = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*shapes, console=console, transient=True) as drawn:
        yield (Bar(drawn, look.tell(say("Applying"))),)
