"""The display of a run on a terminal: a row per wave, and one for the run with an estimate that covers all of it."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console
from rich.progress import Progress

from reconciler.cli.shell.progress.live_display import RunDisplay, _progress, _QueuedDisplay
from reconciler.cli.shell.progress.run_shape import RunShape
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.plan import Plan, ShopPlan, Step, StepKind
from reconciler.core.planning.waves import Wave
from reconciler.core.runs.events import (
    RunFinished,
    RunStarted,
    ShopFinished,
    StepFailed,
    WaveFinished,
    WaveSoaking,
    WaveStarted,
)
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.output_queue import OutputQueue
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.i18n import language
from tests.cli.screen import Screen

SHOPS = [ShopKey(each) for each in ("a", "b", "c", "d")]
STEP = Step(action=StepKind.WRITE, kind="amazon_settings")
PLAN = Plan(
    shops=tuple(ShopPlan(shop=s, origin=Origin(f"shops/{s}.yaml"), steps=(STEP,)) for s in SHOPS), fingerprint="f"
)
WAVES = (
    Wave(number=1, name="canary", shops=(SHOPS[0],)),
    Wave(number=2, name="empty", shops=()),
    Wave(number=3, name="100%", shops=tuple(SHOPS[1:])),
)


class Watched:
    """A display with a clock that does not move until it is moved."""

    def __init__(self, shape: RunShape) -> None:
        self.now = 0.0
        self.screen = io.StringIO()
        self.drawn = Progress(console=Console(file=self.screen, width=100))
        context = RenderContext(language=language("en"))
        self.display = RunDisplay(self.drawn, shape, context, lambda: self.now)

    def rows(self) -> list[tuple[str, str, str]]:
        return [
            (task.description, f"{task.completed:.0f}/{task.total:.0f}", task.fields["state"]())
            for task in self.drawn.tasks
        ]

    def tell(self, *events: object, now: float) -> list[tuple[str, str, str]]:
        self.now = now
        for event in events:
            self.display.on_event(event)  # type: ignore[arg-type]
        return self.rows()


def failed(shop: str) -> StepFailed:
    why = diagnostic(codes.REJECTED, msg("refused"), shop=ShopKey(shop))
    return StepFailed(shop=ShopKey(shop), step=0, why=why, happened=False)


def test_all_at_once_it_is_one_row() -> None:
    watched = Watched(RunShape(plan=PLAN))
    assert watched.rows() == [("Applying", "0/4", "0 s elapsed")]
    rows = watched.tell(RunStarted(fingerprint="f", shops=4), ShopFinished(shop=SHOPS[0]), now=10.0)
    assert rows == [("Applying", "1/4", "10 s elapsed, about 30 s left")]
    watched.tell(*(ShopFinished(shop=shop) for shop in SHOPS[1:]), RunFinished(), now=40.0)
    assert watched.rows() == [("Applying", "4/4", "40 s elapsed, about 0 s left")]


def test_in_waves_the_estimate_covers_what_is_to_come_and_a_wait_counts_down() -> None:
    watched = Watched(RunShape(plan=PLAN, waves=WAVES, soak=60.0))
    first, last = "Wave 1 of 3 (canary)", "Wave 3 of 3 (100%)"
    assert [row[:2] for row in watched.rows()] == [(first, "0/1"), (last, "0/3"), ("Rollout", "0/4")]
    rows = watched.tell(WaveStarted(wave=1, waves=3, name="canary", shops=1), ShopFinished(shop=SHOPS[0]), now=10.0)
    assert rows[-1] == ("Rollout", "1/4", "10 s elapsed, about 1 min 30 s left")
    watched.tell(WaveSoaking(wave=1, seconds=60), now=10.0)
    rows = watched.tell(now=53.0)
    assert rows[0] == (first, "1/1", "soaking, 17 s left")
    assert rows[-1] == ("Rollout", "1/4", "53 s elapsed, about 47 s left")
    rows = watched.tell(WaveFinished(wave=1), WaveStarted(wave=3, waves=3, name="100%", shops=3), now=70.0)
    assert rows[0] == (first, "1/1", "passed")


def test_how_many_failed_stays_in_view_when_the_wave_ends() -> None:
    watched = Watched(RunShape(plan=PLAN, waves=WAVES))
    watched.tell(WaveStarted(wave=3, waves=3, name="100%", shops=3), failed("b"), ShopFinished(shop=SHOPS[1]), now=1.0)
    assert watched.rows()[1][2] == "1 failed"
    assert "b: failed, 0 of 1 write" in watched.screen.getvalue()
    halted = WaveFinished(wave=3, why=(diagnostic(codes.HALTED, msg("too many")),))
    assert watched.tell(halted, now=2.0)[1][2] == "halted, 1 failed"
    assert watched.tell(replace(halted, why=()), now=2.0)[1][2] == "passed, 1 failed"


@pytest.mark.parametrize(("seconds", "shown"), [(3.4, "3 s"), (95, "1 min 35 s"), (600, "10 min"), (7260, "2 h 1 min")])
def test_times_are_in_units_that_matter(seconds: float, shown: str) -> None:
    watched = Watched(RunShape(plan=PLAN))
    assert watched.tell(now=seconds)[0][2] == f"{shown} elapsed"


CONTEXT = RenderContext(language=language("en"), width=80)


def test_a_row_is_one_line_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame whose height changes leaves lines behind."""
    monkeypatch.setenv("COLUMNS", "80")
    drawn = _progress(2, CONTEXT)
    drawn.add_task("Wave 1 of 3 (canary)", total=2, state=lambda: "soaking, 19 s left")
    drawn.add_task("Rollout", total=15, completed=2, state=lambda: "24 s elapsed, about 12 min 43 s left")
    lines = drawn.console.render_lines(drawn.get_renderable(), drawn.console.options)
    assert len(lines) == 2
    assert "".join(part.text for part in lines[1]).rstrip().endswith("about 12 min 43 s left")
    assert max(display_width("".join(part.text for part in line)) for line in lines) <= 78, "no room for the ^C"


def test_what_is_said_meanwhile_is_one_line_above(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    screen = Screen(80)
    queue = OutputQueue(screen.end, on_dropped=lambda _count: b"")
    display = _QueuedDisplay(queue, RunShape(plan=PLAN, waves=WAVES), CONTEXT)
    queue.put(display.start)
    queue.write(b"Interrupted\n")
    queue.put(display.stop)
    queue.drain()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.text())
    assert re.search(r"Interrupted *\n *Wave 1", shown), shown
