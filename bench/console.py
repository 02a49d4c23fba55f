"""The console's first page with 10,000 shops and 90 days of history, beside one page that shows nothing.

On SQLite; on PostgreSQL as well where Debian's `postgresql` is installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import anyio
import httpx
from sqlalchemy import func, select

from bench.console_world import SHOPS, fill_store, this_hour
from bench.timing import Figure, compare
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.finding_tables import looked_shops
from reconciler.console.access.options import ConsoleOptions
from reconciler.console.app import create_console
from reconciler.core.overview.shop_rows import ShopOrder, ShopQuery
from reconciler.wiring.console.sources import ConfiguredConsoleSources
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.runtime import clock
from reconciler.wiring.session import Settings, load_settings
from tests.support import postgres

_RUNS = 15
_LOCAL = "http://127.0.0.1:8769"


def measure(folder: Path) -> list[Figure]:
    with ExitStack() as stack:
        places = {"SQLite": str(folder / "journal.db")}
        if postgres.missing() is None:
            places["PostgreSQL"] = stack.enter_context(postgres.running()).fresh()
        return [figure for name, place in places.items() for figure in _figures(folder / name, name, place)]


def _figures(folder: Path, name: str, place: str) -> Iterator[Figure]:
    settings = _fleet(folder, place)
    sources = ConfiguredConsoleSources(settings)
    by_owner = ShopQuery(owner="@pay-team", words="9", order=ShopOrder.COMPARED, page=2)
    try:
        with _counting(settings) as floor:
            for what, query in (
                ("figures of the fleet page", ShopQuery()),
                ("the same, filtered and sorted", by_owner),
            ):
                title = f"{what}, {SHOPS:,} shops, {name}"
                yield compare(
                    title, lambda query=query: anyio.run(sources.fleet, query), "counting the shops", floor, _RUNS
                )  # type: ignore[misc]  # bound
        page, empty = _pages(sources)
        yield compare(f"fleet page as HTML, {SHOPS:,} shops, {name}", page, "an empty page", empty, _RUNS)
    finally:
        sources.close()


def _fleet(folder: Path, place: str) -> Settings:
    (folder / "shops").mkdir(parents=True)
    (folder / "reconciler.yaml").write_text(f"store: {json.dumps(place)}\n")
    settings = load_settings(folder / "reconciler.yaml")
    assert isinstance(settings, Settings)
    store = open_store(place)
    fill_store(store, fleet_name(settings), this_hour())
    store.close()
    return settings


@contextmanager
def _counting(settings: Settings) -> Iterator[Callable[[], object]]:
    """One query that reads each shop once, in a thread as well."""
    store = open_store(settings.store)

    def count() -> int:
        with store.reading() as connection:
            return connection.execute(select(func.count()).select_from(looked_shops)).scalar_one()

    try:
        yield lambda: anyio.run(anyio.to_thread.run_sync, count)
    finally:
        store.close()


def _pages(sources: ConfiguredConsoleSources) -> tuple[Callable[[], object], Callable[[], object]]:
    """The fleet page, and one that says only that there is nothing."""
    app = create_console(ConsoleOptions(fleet="bench"), sources, clock())

    def ask(path: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
            async with httpx.AsyncClient(transport=transport, base_url=_LOCAL) as client:
                return await client.get(path)

        return anyio.run(send)

    shown = ask("/")
    assert shown.status_code == httpx.codes.OK, shown.status_code
    assert "shop-" in shown.text
    return lambda: ask("/"), lambda: ask("/nowhere")
