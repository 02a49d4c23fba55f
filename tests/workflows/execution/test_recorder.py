"""Events are kept in their order, however long the journal takes."""

from typing import Any

import pytest

from reconciler.core.runs.events import RunFinished, RunStarted, ShopFinished, ShopStarted, StepDone, StepStarted
from reconciler.core.values import ShopKey
from reconciler.workflows.execution.recorder import EventRecorder
from tests.support.example_worlds import Memory

pytestmark = pytest.mark.anyio

A, B = ShopKey("a"), ShopKey("b")


class Failing(Memory):
    """Keeps with each event what was noted of its shop, and loses the `bad`-th trip with all that was in it."""

    def __init__(self, bad: int) -> None:
        super().__init__()
        self.trips = 0
        self.bad = bad
        self.noted: list = []

    async def record_lazily(self, event) -> None:
        self.noted.append(event)

    async def record(self, event) -> None:
        shop = getattr(event, "shop", None)
        along = [noted for noted in self.noted if shop in (None, noted.shop)]
        self.noted = [noted for noted in self.noted if noted not in along]
        self.trips += 1
        if self.trips == self.bad:
            raise OSError("no space left on device")
        self.events += (*along, event)


STORY = (
    ("record", RunStarted(fingerprint="", shops=2)),
    ("record_lazily", ShopStarted(shop=A)),
    ("record_lazily", ShopStarted(shop=B)),
    ("record", StepStarted(shop=A, step=0, key="a-0")),
    ("record", StepStarted(shop=B, step=0, key="b-0")),
    ("record_lazily", StepDone(shop=A, step=0)),
    ("record", ShopFinished(shop=A)),
    ("record_lazily", StepDone(shop=B, step=0)),
    ("record", ShopFinished(shop=B)),
    ("record", RunFinished()),
)


@pytest.mark.parametrize("bad", range(7))
async def test_what_a_failing_journal_lost_is_offered_again_in_its_order(bad: int) -> None:
    journal = Failing(bad)
    failures: list[Any] = []
    kept: list[Any] = []
    chronicle = EventRecorder(journal=journal, fail=failures.append, keep=kept.append)
    for how, event in STORY:
        await getattr(chronicle, how)(event)
    await chronicle.flush()
    assert kept == [event for _, event in STORY]
    for shop in (A, B):
        reported = [event for _, event in STORY if getattr(event, "shop", shop) == shop]
        assert [event for event in journal.events if getattr(event, "shop", shop) == shop] == reported
    assert len(failures) == (1 if bad else 0)
