"""Regular metrics, and that old data is deleted in time and not before."""

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.ipn.runtime.housekeeping import Housekeeping
from reconciler.ports.inbox import Completion, MailState, MessageStatus
from tests.ipn.receiver_harness import lines_of, open_desk
from tests.ipn.worker_harness import StillClock
from tests.support.sns_signer import NOW, capture_message
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


def keeper(desk, clock) -> Housekeeping:
    return Housekeeping(desk.inbox, desk.catalogue, desk.metrics, clock, 21 * DAY)


async def test_the_state_of_the_inbox_is_measured_every_few_seconds(desk, log):
    clock = StillClock()
    await desk.post()
    await desk.post(desk.signer.body(capture_message(IsSample=True)))
    await desk.post(b"rubbish")
    async with anyio.create_task_group() as group:
        group.start_soon(keeper(desk, clock).run)
        await settled(desk, "messages", {'{status="waiting"}': 1, '{status="sample"}': 1})
        await look(clock, seconds=90)
        await settled(desk, "oldest_waiting_seconds", {"": 90})
        assert desk.counted("shop_last_received_timestamp_seconds") == {'{shop="kyoto-tea"}': NOW.timestamp()}
        assert desk.counted("shop_last_processed_timestamp_seconds") == {}
        assert desk.counted("quarantine") == {'{reason="not-json"}': 1}
        (entry,) = await StoreWorkQueue(desk.store, clock).due(clock.now(), limit=9)
        parked = Completion(status=MessageStatus.PARKED, reason="unknown-order", at=NOW, next_try=NOW + DAY)
        await StoreWorkQueue(desk.store, clock).complete(entry.number, parked)
        await look(clock, seconds=15)
        await settled(desk, "parked", {'{reason="unknown-order"}': 1})
        await StoreWorkQueue(desk.store, clock).complete(entry.number, replace(parked, status=MessageStatus.DONE))
        await look(clock, seconds=15)
        await settled(desk, "shop_last_processed_timestamp_seconds", {'{shop="kyoto-tea"}': NOW.timestamp()})
        assert desk.counted("oldest_waiting_seconds") == {}
        group.cancel_scope.cancel()


async def look(clock: StillClock, **later: float) -> None:
    """The next one, once the last one is over."""
    await until(lambda: clock._sleepers)
    (sleeping,) = clock._sleepers
    clock.advance(**later)
    await until(lambda: sleeping not in clock._sleepers)


async def settled(desk, name: str, printed: dict[str, float]) -> None:
    """Once the metric says so; fails where it never does."""
    await until(lambda: desk.counted(name) == printed)


async def test_what_is_too_old_to_be_believed_is_forgotten_a_day_later(desk, log):
    clock = StillClock()
    await desk.post(desk.signer.body(capture_message(IsSample=True)))
    async with anyio.create_task_group() as group:
        group.start_soon(keeper(desk, clock).run)
        await settled(desk, "messages", {'{status="sample"}': 1})
        await look(clock, days=22)
        await look(clock, seconds=15)
        assert len(await desk.entries()) == 1
        await look(clock, hours=1)
        await look(clock, seconds=15)
        await settled(desk, "messages", {})
        group.cancel_scope.cancel()
    assert next(line for line in lines_of(log) if line["event"] == "pruned")["messages"] == 1


async def test_a_missing_inbox_is_reported_and_tried_again(desk, log):
    clock = StillClock()
    with desk.store.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE ipn_mails RENAME TO gone")
    async with anyio.create_task_group() as group:
        group.start_soon(keeper(desk, clock).run)
        await until(lambda: "inbox-unavailable" in log.getvalue())
        with desk.store.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO ipn_mails")
        await desk.post()
        await look(clock, seconds=15)
        await settled(desk, "messages", {'{status="waiting"}': 1})
        group.cancel_scope.cancel()


def test_events_of_the_worker_are_counted(tmp_path):
    desk = open_desk(tmp_path)
    printed = desk.metrics
    printed.settled(MessageStatus.DONE, "paid", 2.0)
    printed.mailed(MailState.SENT)
    printed.polled("paid")
    printed.leads(True)
    assert desk.counted("settled_total") == {'{reason="paid",status="done"}': 1}
    assert desk.counted("mails_total") == {'{state="sent"}': 1}
    assert desk.counted("polled_total") == {'{outcome="paid"}': 1}
    assert desk.counted("leads") == {"": 1}
    assert desk.counted("lag_seconds_sum") == {"": 2}
    desk.store.close()
