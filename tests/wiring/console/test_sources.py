"""The console's sources over real settings: every page is answered from a store that is only read."""

import hashlib
import threading
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import text

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.console.sources import ConsoleSources
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.lists import AlertsQuery, InboxQuery
from reconciler.core.overview.run_overview import RunQuery
from reconciler.core.overview.shop_rows import ShopQuery, ShopState
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.inbox import MessageStatus, ReceivedMessage
from reconciler.wiring.console.sources import ConfiguredConsoleSources
from reconciler.wiring.session import load_settings
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from tests.support.drop_root import modes_count
from tests.support.session_harness import merchant_edits, open_caller, write_fleet
from tests.support.sns_signer import NOW

pytestmark = pytest.mark.system

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
BODY = b'{"Message": "the buyer lives in Kyoto"}'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Applied, drifted, looked at, with one notification; the embedded backend is elsewhere."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    made = write_fleet(tmp_path / "fleet")
    caller = open_caller(made)
    caller.run(apply_manifests, ApplyRequest())
    merchant_edits(made, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    caller.run(detect_drift, DriftRequest())
    receive(made)
    return made


def receive(folder: Path) -> None:
    message = ReceivedMessage(
        message_id="m-1",
        shop=ShopKey("kyoto-tea"),
        published=NOW,
        received=NOW,
        kind="PaymentCapture",
        object_id="P03-1-2-C3",
        lane="P03-1-2",
        status=MessageStatus.WAITING,
        body=BODY,
    )
    store = open_store(settings_of(folder).sidecar.inbox)

    async def keep() -> None:
        await StoreInbox(store).keep(message)

    anyio.run(keep)
    store.close()


def settings_of(folder: Path):
    return load_settings(folder / "reconciler.yaml")


@contextmanager
def sources(folder: Path):
    opened = ConfiguredConsoleSources(settings_of(folder))
    try:
        yield opened
    finally:
        opened.close()


async def every_page(source: ConsoleSources):
    fleet = await source.fleet(ShopQuery())
    runs = await source.runs(RunQuery())
    return {
        "fleet": fleet,
        "runs": runs,
        "run": await source.run(runs.runs[0].run) if runs.runs else None,
        "shop": await source.shop("kyoto-tea"),
        "reviews": await source.reviews(),
        "inbox": await source.inbox(InboxQuery()),
        "notification": await source.notification(1),
        "alerts": await source.alerts(AlertsQuery()),
    }


def pages_of(folder: Path):
    with sources(folder) as opened:
        return anyio.run(every_page, opened)


def content(folder: Path) -> dict[str, str]:
    """The embedded backend's own file is the backend, not the console's."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if not file.name.startswith("embedded.db") and not file.name.endswith(("-shm", "-wal"))
    }


def test_every_page_is_answered_and_nothing_is_written(folder):
    before = content(folder)
    pages = pages_of(folder)
    assert pages["fleet"].states == {ShopState.DRIFTED: 1, ShopState.IN_SYNC: 1}
    assert pages["run"].total == 2
    assert pages["shop"].live.reasons == ()
    assert [row[:3] for row in pages["inbox"].messages.table.rows] == [(1, format_utc(NOW), "kyoto-tea")]
    assert len(pages["shop"].notifications.table.rows) == 1
    assert pages["notification"].table.rows[0][0] == 1
    assert content(folder) == before


def test_no_page_has_a_body_or_an_address_of_a_mail(folder):
    shown = repr(pages_of(folder))
    assert "Kyoto" not in shown
    assert TOKEN not in shown
    assert "to" not in [key for key, _ in pages_of(folder)["inbox"].mails.table.columns]


def test_a_store_on_a_read_only_file_system(folder):
    place = folder / ".reconciler"
    for leftover in ("journal.db-wal", "journal.db-shm"):
        (place / leftover).unlink(missing_ok=True)
    with modes_count():
        place.chmod(0o500)
        (place / "journal.db").chmod(0o400)
        try:
            with sources(folder) as opened:
                assert anyio.run(opened.fleet, ShopQuery()).shops == 2
                assert len(anyio.run(opened.runs, RunQuery()).runs) == 1
        finally:
            place.chmod(0o700)
            (place / "journal.db").chmod(0o600)


def test_what_a_running_writer_has_in_the_wal_is_seen(folder):
    store = open_store(settings_of(folder).store)
    with sources(folder) as opened:
        assert len(anyio.run(opened.fleet, ShopQuery()).looks) == 1
        with store.writing() as connection:
            insert = (
                "INSERT INTO looks (fleet, started, complete) VALUES ('production-embedded', '2026-01-01T00:00:00Z', 0)"
            )
            connection.execute(text(insert))
        assert len(anyio.run(opened.fleet, ShopQuery()).looks) == 2
    store.close()


def test_a_store_that_is_replaced_while_it_is_shown(folder):
    """As a restored backup is."""
    place = folder / ".reconciler" / "journal.db"
    with sources(folder) as opened:
        assert anyio.run(opened.fleet, ShopQuery()).shops == 2
        open_store(folder / "empty.db").close()
        (folder / "empty.db").replace(place)
        assert anyio.run(opened.fleet, ShopQuery()).shops == 0
        place.unlink()
        assert not anyio.run(opened.fleet, ShopQuery()).recorded


def test_a_store_of_another_version_is_refused_and_not_migrated(folder):
    store = open_store(settings_of(folder).store)
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    store.close()
    with sources(folder) as opened, pytest.raises(SetupError, match="version 0009") as refused:
        anyio.run(opened.fleet, ShopQuery())
    assert "`reconciler drift`" in str(refused.value.hint)


def test_a_fleet_without_a_store_has_pages_and_gets_none(tmp_path, monkeypatch):
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    made = write_fleet(tmp_path / "fleet")
    pages = pages_of(made)
    assert not pages["fleet"].recorded
    assert (pages["runs"].runs, pages["inbox"].messages, pages["notification"]) == ((), None, None)
    assert pages["shop"].row.state is ShopState.NEW
    assert not (made / ".reconciler" / "journal.db").exists()


def test_the_session_of_the_console_cannot_write(folder):
    with sources(folder) as opened:
        session = opened._session  # what a page could reach
        with pytest.raises(SetupError, match="never writes"):
            session.write()
        with pytest.raises(SetupError, match="never writes"), session.store.open():
            pass
        with session.findings.open(create=True) as findings, pytest.raises(SetupError):
            findings.begin_look("production-embedded", "2026-01-01T00:00:00Z")


def test_a_page_does_not_wait_for_a_slow_one(folder):
    """The page of a shop blocks until the page of the fleet was answered."""
    answered = threading.Event()

    @asynccontextmanager
    async def observing(_listen):
        assert answered.wait(30)
        raise SetupError(msg("The backend is not needed"))
        yield

    async def both(opened):
        async with anyio.create_task_group() as group:
            group.start_soon(opened.shop, "kyoto-tea")
            await anyio.lowlevel.checkpoint()
            await opened.fleet(ShopQuery())
            answered.set()

    with sources(folder) as opened:
        opened._session = replace(opened._session, observing=observing)
        anyio.run(both, opened)
