"""What a run writes to the log, shop by shop."""

from collections.abc import Iterator

import anyio
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.runs.events import ClosureSuperseded, RunFinished, ShopSkipped, WaveFinished, WaveStarted
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import using_log
from reconciler.workflows.execution.run import apply
from reconciler.workflows.execution.run_log import RunLog
from tests.support.example_worlds import apply_context, going_live, opening, together
from tests.support.fake_backend import Fault, unreachable
from tests.workflows.kept_log import KeptLog


def about(log: KeptLog, shop: str) -> list[tuple[str, str]]:
    return [
        (level, event) for level, event, fields in log.lines if fields.get("shop") == shop and event != "lease-taken"
    ]


@pytest.fixture
def kept() -> Iterator[KeptLog]:
    log = KeptLog()
    with using_log(log):
        yield log


def applied_with_log(world) -> None:
    plan = world.plan()
    anyio.run(apply, plan, apply_context(world.backend, watchers=(RunLog(plan),)))


def test_a_shop_is_closed_reopened_and_applied(kept: KeptLog) -> None:
    applied_with_log(going_live())
    assert about(kept, "a") == [("info", "shop-closed"), ("info", "shop-reopened"), ("info", "shop-applied")]
    assert kept.lines[0] == ("info", "run-started", {"shops": 1})
    assert kept.lines[-1] == ("info", "run-ended", {"interrupted": False})


def test_a_shop_that_fails_says_at_which_step_and_why(kept: KeptLog) -> None:
    world = going_live()
    world.backend.faults.append(Fault(shop=ShopKey("a"), at=3, times=1_000, refused=unreachable()))
    applied_with_log(world)
    assert ("warning", "step-failed") in about(kept, "a")
    assert about(kept, "a")[-2:] == [("error", "shop-left-closed"), ("error", "shop-failed")]
    codes_of = {fields["code"] for _, event, fields in kept.lines if event == "step-failed"}
    assert codes_of == {codes.UNREACHABLE.number}


def test_each_shop_has_lines_of_its_own(kept: KeptLog) -> None:
    applied_with_log(together(going_live("a"), opening("b")))
    assert about(kept, "b") == [("info", "shop-applied")]
    assert ("info", "shop-applied") in about(kept, "a")


def test_what_stops_waves_and_shops_has_its_code(kept: KeptLog) -> None:
    why = diagnostic(codes.UNREACHABLE, msg("It is so"))
    log = RunLog(going_live().plan())
    shop = ShopKey("a")
    log.on_event(WaveStarted(wave=1, waves=2, name="canary", shops=3))
    log.on_event(WaveFinished(wave=1, why=(why,)))
    log.on_event(ClosureSuperseded(shop=shop, why=why))
    log.on_event(ShopSkipped(shop=shop, why=(why,)))
    log.on_event(RunFinished(interrupted=True))
    number = why.code.number
    assert kept.lines == [
        ("info", "wave-started", {"wave": 1, "waves": 2, "name": "canary", "shops": 3}),
        ("warning", "wave-ended", {"wave": 1, "halted": True, "code": number}),
        ("warning", "closure-superseded", {"shop": "a", "code": number}),
        ("warning", "shop-refused", {"shop": "a", "code": number}),
        ("warning", "run-ended", {"interrupted": True}),
    ]
