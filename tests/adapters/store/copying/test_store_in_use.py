"""A store is copied only when nobody works on it."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from reconciler.adapters.store.copying.copy_store import copy_store
from reconciler.adapters.store.db.database import database_now, open_store
from reconciler.adapters.store.db.errors import StoreError
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.adapters.store.runs.process_identity import this_process
from reconciler.core.runs.events import RunFinished, ShopStarted
from reconciler.ports.leases import DutyKey
from tests.adapters.store.copying.filled_stores import content
from tests.adapters.store.fakes import SHOP, info, journal, tell


def take(store, clock, key=SHOP, *, run="run-1", release=False, elsewhere=False, ttl=60) -> None:
    """A lease of this process, or of one on another machine."""
    here = replace(this_process(), place="another machine") if elsewhere else this_process()

    async def taken() -> None:
        leases = StoreLeases(store, info(run), clock, ttl=timedelta(seconds=ttl), process=here)
        lease = await leases.acquire(key)
        if release:
            await lease.release()

    anyio.run(taken)


def refusal(store, target, clock) -> str:
    with pytest.raises(StoreError) as refused:
        copy_store(store, target, clock)
    return str(refused.value)


def test_a_run_that_holds_a_shop_is_named(store, tmp_path, clock):
    take(store, clock, elsewhere=True)
    printed = refusal(store, str(tmp_path / "copy.db"), clock)
    assert "is in use: operator@build-7 (pid 4711) works on kyoto-tea in run run-1, until" in printed
    assert not (tmp_path / "copy.db").exists()


def test_a_sidecar_that_processes_is_named(store, tmp_path, clock):
    take(store, clock, DutyKey("ipn-work"), elsewhere=True)
    assert "the sidecar operator@build-7 (pid 4711) processes notifications" in refusal(
        store, str(tmp_path / "copy.db"), clock
    )


def test_a_lease_that_has_expired_holds_nothing(file_store, tmp_path, clock):
    take(file_store, clock, elsewhere=True)
    clock.move(61)
    copy_store(file_store, str(tmp_path / "copy.db"), clock)


def test_a_lease_on_a_server_that_has_expired_holds_nothing(server_store, tmp_path, clock):
    take(server_store, clock, elsewhere=True, ttl=-1)
    copy_store(server_store, str(tmp_path / "copy.db"), clock)


def test_a_run_that_waits_between_two_waves_is_named(store, tmp_path, clock):
    """It holds no shop then, but its process lives."""
    tell(journal(store), [ShopStarted(shop=SHOP)])
    take(store, clock, release=True)
    assert "has not ended run run-1" in refusal(store, str(tmp_path / "copy.db"), clock)
    tell(journal(store, "run-2"), [RunFinished()])


def test_a_run_that_was_killed_does_not_hold_the_store_for_ever(store, tmp_path, clock):
    script = (
        "import sys; from tests.adapters.store.copying.test_store_in_use import take;"
        "from tests.adapters.store.fakes import ManualClock, SHOP, journal, tell;"
        "from reconciler.adapters.store.db.database import open_store;"
        "from reconciler.core.runs.events import ShopStarted;"
        "opened = open_store(sys.argv[1]); tell(journal(opened), [ShopStarted(shop=SHOP)]);"
        "take(opened, ManualClock())"
    )
    location = str(store.file or store._engine.url.render_as_string(hide_password=False))
    subprocess.run([sys.executable, "-c", script, location], check=True, timeout=60, env=os.environ)
    copy_store(store, str(tmp_path / "copy.db"), clock)
    with closing(open_store(tmp_path / "copy.db")) as copied:
        assert content(copied) == content(store)


def test_the_time_is_the_stores_own(server_store, clock):
    with server_store.reading() as connection:
        assert database_now(connection, clock) > clock.now()
