"""A server that does not answer, and a commit that does not end: the wait for both ends with the deadline."""

import threading

import anyio
import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.db.group_commit import GroupCommit
from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.runs.events import RunStarted
from tests.adapters.store.fakes import SHOP, ManualClock, info, plan

CLOCK = ManualClock()


def read(store):
    with store.reading() as connection:
        connection.execute(text("SELECT 1"))


def write(store):
    with store.writing() as connection:
        connection.execute(text("SELECT 1"))


USES = {
    "reading": read,
    "writing": write,
    "history": lambda store: StoreHistory(store, CLOCK).runs(),
    "unfinished": lambda store: StoreHistory(store, CLOCK).unfinished(),
    "all leases": lambda store: StoreLeases(store, info(), CLOCK).all(),
    "a lease": lambda store: anyio.run(StoreLeases(store, info(), CLOCK).acquire, SHOP),
    "the journal": lambda store: anyio.run(
        StoreJournal(store, info(), plan(), CLOCK, None).record, RunStarted(fingerprint="f", shops=1)
    ),
}


@pytest.mark.parametrize("use", USES)
def test_each_use_of_a_server_that_hangs_ends_and_the_store_is_used_again_when_it_goes_on(use, cluster):
    store = open_store(cluster.fresh(), deadline=1)
    read(store)  # the pool holds a connection that was good
    with cluster.paused(), pytest.raises(StoreError, match="does not answer"):
        USES[use](store)
    read(store)
    store.close()


def test_a_connection_cannot_be_made_to_a_server_that_hangs(cluster):
    address = cluster.fresh()
    with cluster.paused(), pytest.raises(StoreError, match="does not answer"):
        open_store(address, deadline=1)


@pytest.mark.anyio
async def test_a_commit_that_does_not_end_is_not_waited_for_and_nothing_overtakes_it():
    free, committed = threading.Event(), []

    def commit(items):
        assert items != ["stuck"] or free.wait(20)
        committed.extend(items)
        return items

    commits = GroupCommit(commit, deadline=0.05, overdue=lambda: StoreError("overdue"))
    with pytest.raises(StoreError):
        await commits.submit("stuck")
    with pytest.raises(StoreError):
        await commits.submit("later")
    assert committed == []
    free.set()
    while not committed:
        await anyio.lowlevel.checkpoint()
    assert await commits.submit("last") == "last"
    assert committed == ["stuck", "last"]
