"""`status`: one screen from the store, with the figures of the console's first page."""

from dataclasses import replace

import anyio
import pytest
from sqlalchemy import insert

from reconciler.adapters.store.db.alert_tables import alerts
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.finding import FindingClass
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.results.table_result import NamedCell
from reconciler.core.runs.events import RunStarted, ShopStarted, StepDone, StepStarted
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.ports.inbox import InboxUnavailable, MailState, MessageStatus
from reconciler.ports.inbox_admin import InboxStats
from reconciler.workflows.overview.status import fleet_status
from tests.adapters.store.fakes import CLOSE
from tests.workflows.overview.recorded_fleet import DAY, FLEET, NOW, sighting

_CENTURY = 3.2e9
"""Seconds: a lease that lives, whatever the clock of this machine says."""
KILLED, RUNNING = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
NO_MAIL = InboxStats(
    messages={}, parked={}, refused={}, mails={}, waiting_since={}, last_received={}, last_processed={}
)


@pytest.fixture
def table(fleet):
    """The result as it is. The backend of the session may not be opened."""

    def refuse(*_):
        raise AssertionError("status has read the backend")

    def read(stats=None):
        async def inbox_stats():
            if isinstance(stats, Exception):
                raise stats
            return stats

        session = replace(fleet.session, overviews=fleet.stores, observing=refuse, inbox_stats=inbox_stats)
        found = anyio.run(fleet_status, session)
        assert found.exit_code.value == (1 if isinstance(stats, SetupError) else 0)
        return found

    return read


@pytest.fixture
def status(table):
    """Item → the other cells, for machines."""

    def read(stats=None):
        return {
            row[0].key: tuple(cell.key if isinstance(cell, NamedCell) else cell for cell in row[1:])
            for row in table(stats).rows
        }

    return read


def closing(shop):
    """From its start to its closing, and no further."""
    events = (
        RunStarted(fingerprint="sha256:00", shops=1),
        ShopStarted(shop=ShopKey(shop)),
        StepStarted(shop=ShopKey(shop), step=CLOSE, key="k"),
        StepDone(shop=ShopKey(shop), step=CLOSE),
    )
    return [(NOW - DAY, event) for event in events]


def test_without_a_store_every_answer_is_zero(status):
    shown = status()
    assert set(shown) == {
        "shops",
        "closed-now",
        "reopenings-pending",
        "runs-in-progress",
        "alerts-waiting",
        "deferred-applies",
    }
    assert {row[0] for row in shown.values()} == {0}


def test_shops_findings_and_the_last_check(fleet, status):
    at = NOW - 2 * DAY
    fleet.look(
        at, sighting("kyoto-tea", FindingSeverity.HIGH), shops=("uji-cups", "nara-ink"), unread={"osaka-knives": "B201"}
    )
    shown = status()
    assert shown["shops-drifted"] == (1, None, "reconciler findings list")
    assert shown["shops-in-sync"] == (2, None, None)
    assert shown["findings-high"] == (1, None, "reconciler findings list")
    assert not {"findings-low", "findings-critical", "findings", "shops"} & set(shown)
    assert shown["last-look"][1] == format_utc(at)
    states = {item: row[0] for item, row in shown.items() if item.startswith("shops-")}
    assert states == {f"shops-{state.value}": count for state, count in fleet.overview().states.items() if count}


def test_a_fleet_in_sync_says_that_there_is_no_finding(fleet, status):
    fleet.look(NOW - DAY, shops=("kyoto-tea",))
    assert status()["findings"] == (0, None, None)


def test_a_partial_check_names_the_last_complete_one_as_well(fleet, status):
    fleet.look(NOW - 2 * DAY, shops=("kyoto-tea",))
    assert "last-complete-look" not in status()
    fleet.look(NOW - DAY, shops=("kyoto-tea",), complete=False)
    assert status()["last-complete-look"][1] == format_utc(NOW - 2 * DAY)


def test_checks_that_failed_after_the_last_one_are_counted(fleet, status):
    fleet.look(NOW - 2 * DAY, shops=("kyoto-tea",))
    assert "looks-not-ended" not in status()
    for started in (NOW - DAY * 1.5, NOW - DAY):
        StoreFindings(fleet.store).begin_look(FLEET, format_utc(started))
    assert status()["looks-not-ended"] == (2, format_utc(NOW - DAY), "reconciler drift")
    assert status()["last-look"][1] == format_utc(NOW - 2 * DAY)


def test_shops_that_killed_and_running_runs_have_closed(fleet, status):
    fleet.run(KILLED, closing("kyoto-tea"), "kyoto-tea")
    fleet.run(RUNNING, closing("uji-cups"), "uji-cups")
    anyio.run(fleet.leases(RUNNING, seconds=_CENTURY).acquire, ShopKey("uji-cups"))
    shown = status()
    assert shown["closed-now"] == (2, "kyoto-tea, uji-cups", "reconciler leases")
    assert shown["reopenings-pending"] == (1, "kyoto-tea", "reconciler resume")
    assert shown["runs-in-progress"] == (1, RUNNING[:8], "reconciler runs list")


def test_a_shop_that_a_run_left_closed_is_the_first_thing_an_operator_reads(fleet, table):
    fleet.look(NOW - DAY, sighting("kyoto-tea", FindingSeverity.CRITICAL, kind=FindingClass.LEFT_CLOSED, field=""))
    fleet.run(KILLED, closing("kyoto-tea"), "kyoto-tea")
    found = table()
    assert [row[0].key for row in found.rows[:3]] == ["reopenings-pending", "closed-now", "shops-drifted"]
    (warning,) = found.diagnostics
    assert (warning.code, warning.shop, KILLED in str(warning.summary)) == (codes.LEFT_CLOSED, "kyoto-tea", True)
    assert str(found.rows[2][2].title) == "of them left closed by a run: 1"


def test_the_journal_says_since_when_a_run_has_a_shop_closed(fleet):
    fleet.run(KILLED, closing("kyoto-tea"), "kyoto-tea")
    with fleet.session.store.history() as history:
        assert [each.closed_since for each in history.unfinished()] == [NOW - DAY]


def test_where_no_run_has_a_shop_closed_the_command_reopens_what_is_left(fleet, status):
    fleet.run(KILLED, closing("kyoto-tea"), "kyoto-tea")
    assert status()["closed-now"] == (1, "kyoto-tea", "reconciler resume")


def test_problems_of_the_inbox_are_counted_by_what_they_are(status):
    assert "inbox-problems" not in status()
    assert status(NO_MAIL)["inbox-problems"] == (0, None, None)
    stats = replace(
        NO_MAIL,
        messages={MessageStatus.DONE: 90},
        parked={"unknown-order": 2},
        refused={"age": 1},
        mails={MailState.SENT: 7, MailState.FAILED: 1, MailState.UNKNOWN: 1},
    )
    assert status(stats)["inbox-problems"] == (5, "parked: 2, refused: 1, undelivered mails: 2", "reconciler ipn stats")


def test_an_inbox_that_cannot_be_read_hides_nothing_else(status):
    shown = status(InboxUnavailable("the inbox does not answer"))
    assert shown["inbox-problems"][1] == "the inbox does not answer"
    assert shown["closed-now"] == (0, None, None)


def test_an_inbox_that_is_damaged_hides_no_closed_shop(fleet, table):
    fleet.run(KILLED, closing("kyoto-tea"), "kyoto-tea")
    found = table(SetupError(msg("its file is damaged"), code=codes.UNUSABLE))
    rows = {row[0].key: row[1:] for row in found.rows}
    assert (found.exit_code, rows["closed-now"][0]) == (ExitCode.ERROR, 1)
    assert rows["inbox-problems"][0] is None
    assert str(rows["inbox-problems"][1].title) == "its file is damaged"
    assert [each.code for each in found.diagnostics] == [codes.LEFT_CLOSED, codes.UNUSABLE]


def test_alerts_by_channel(fleet, status):
    row = {"fleet": FLEET, "kind": "finding", "severity": 2, "count": 1, "entries": [], "cause": None, "attempts": 0}
    row |= dict.fromkeys(("created", "at", "due"), format_utc(NOW))
    states = [("ops", "queued"), ("ops", "sending"), ("ops", "sent"), ("shop", "failed")]
    with fleet.store.writing() as connection:
        for number, (channel, state) in enumerate(states):
            connection.execute(insert(alerts).values(row | {"id": f"{number}", "channel": channel, "state": state}))
    shown = status()
    assert shown["alerts-waiting"] == (2, "ops", "reconciler alerts list")
    assert shown["alerts-failed"] == (1, "shop", "reconciler alerts list")
