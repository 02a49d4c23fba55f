"""The inbox for readers: the notifications of each shop, on SQLite and PostgreSQL."""

from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.notifications import StoreNotifications
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import ShopKey
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.notifications import NotificationStats
from reconciler.ports.payments import CaptureState, Source
from tests.adapters.store.fakes import OTHER, SHOP, START, ManualClock
from tests.adapters.store.inbox_samples import arrival, fact

MINUTE = timedelta(minutes=1)
LONG_AGO = START - timedelta(days=21)


@pytest.fixture
def inbox(location):
    """Where an inbox is, and what fills it."""
    open_store(location).close()
    return location


def fill(location, *kept) -> None:
    async def filling() -> None:
        store = open_store(location)
        received, desk = StoreInbox(store), StoreWorkQueue(store, ManualClock())
        for each in kept:
            await (desk.record_fact(each) if isinstance(each, CaptureState) else received.keep(each))
        store.close()

    anyio.run(filling)


def heard(location, *shops, since=LONG_AGO):
    return anyio.run(StoreNotifications(str(location)).stats, shops or (SHOP, OTHER), since)


def polled(minutes, number=1, **other) -> CaptureState:
    capture = f"P03-0772540-6944847-C{number:06d}"
    return fact(capture=capture, updated=START + minutes * MINUTE, source=Source.POLL, **other)


def test_the_last_one_that_arrived_of_each_shop(inbox):
    fill(
        inbox,
        arrival(1, received=START),
        arrival(2, received=START + 5 * MINUTE, status=MessageStatus.UNUSED),
        arrival(3, received=START + 9 * MINUTE, status=MessageStatus.SAMPLE),
        arrival(4, received=START + 7 * MINUTE, shop=OTHER),
        arrival(5, received=START, shop=ShopKey("not-asked")),
    )
    assert heard(inbox) == {
        SHOP: NotificationStats(last=START + 5 * MINUTE),
        OTHER: NotificationStats(last=START + 7 * MINUTE),
    }


def test_nothing_is_shown_for_a_shop_without_notifications(inbox):
    fill(inbox, arrival(1, status=MessageStatus.SAMPLE))
    assert heard(inbox) == {}


def test_captures_that_only_polling_found_count_from_the_last_notification_on(inbox):
    fill(
        inbox,
        arrival(1, received=START + 5 * MINUTE),
        polled(4, 1),
        polled(6, 2),
        polled(8, 3),
        fact(capture="P03-0772540-6944847-C000004", updated=START + 7 * MINUTE, source=Source.NOTICE),
        polled(7, 5, state="Pending", completed=False),
        polled(3, 6, shop=OTHER),
    )
    assert heard(inbox) == {
        SHOP: NotificationStats(last=START + 5 * MINUTE, missed_captures=2, missed_since=START + 6 * MINUTE),
        OTHER: NotificationStats(missed_captures=1, missed_since=START + 3 * MINUTE),
    }


def test_a_capture_whose_notification_may_be_forgotten_is_not_counted(inbox):
    fill(inbox, polled(-1, 1), polled(0, 2))
    assert heard(inbox, since=START) == {SHOP: NotificationStats(missed_captures=1, missed_since=START)}


def test_more_shops_than_a_statement_takes(inbox):
    fill(inbox, arrival(1, received=START))
    crowd = [ShopKey(f"shop-{number}") for number in range(1200)]
    assert heard(inbox, *crowd, SHOP) == {SHOP: NotificationStats(last=START)}


def test_an_inbox_without_its_tables_says_so(tmp_path: Path):
    (tmp_path / "inbox.db").touch()
    with pytest.raises(StoreError, match="has no inbox: no sidecar has used"):
        heard(tmp_path / "inbox.db")
    assert (tmp_path / "inbox.db").stat().st_size == 0


def test_what_is_no_inbox_says_so(tmp_path: Path):
    (tmp_path / "inbox.db").write_text("not a database, and long enough to be looked at as one" * 9)
    with pytest.raises(StoreError, match="it is not a store"):
        heard(tmp_path / "inbox.db")
