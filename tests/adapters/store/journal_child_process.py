"""Run by test_kill: writes a journal until it is killed, and prints what was acknowledged as safe.

Arguments: the store, the number of shops at once. Each line out is the key of a step whose `record` has returned.
"""

import os
import sys
from itertools import count

import anyio

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.runs.events import RunStarted, ShopStarted, StepStarted
from reconciler.core.values import ShopKey
from tests.adapters.store.fakes import CLOSE, info, journal, plan


async def main(location: str, shops: int) -> None:
    store = open_store(location)
    keys = [ShopKey(f"shop-{number}") for number in range(shops)]
    to = journal(store, of=plan(*keys), clock=SystemClock())
    leases = StoreLeases(store, info(), SystemClock())
    await to.record(RunStarted(fingerprint="sha256:00", shops=shops))

    async def one(shop: ShopKey) -> None:
        await leases.acquire(shop)
        await to.record(ShopStarted(shop=shop))
        for number in count():
            key = f"{shop}/{number}"
            await to.record(StepStarted(shop=shop, step=CLOSE, key=key))
            os.write(1, f"{key}\n".encode())

    async with anyio.create_task_group() as group:
        for shop in keys:
            group.start_soon(one, shop)


if __name__ == "__main__":
    anyio.run(main, sys.argv[1], int(sys.argv[2]))
