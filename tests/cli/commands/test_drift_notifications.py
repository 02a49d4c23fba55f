"""`reconciler drift` beside a sidecar: each shop's last notification, missing notifications, and foreign endpoints."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.adapters import clock
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.ports.inbox import MessageStatus, ReceivedMessage
from reconciler.ports.payments import CaptureState, Source
from tests.adapters.store.fakes import ManualClock
from tests.adapters.store.inbox_samples import arrival, fact
from tests.cli.conftest import Copy, Run

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SELLER = "A1EXAMPLE234567"
ELSEWHERE = "https://elsewhere.example/ipn"
SHOPS = ("kyoto-tea", "nara-ink")
MANIFEST = "apiVersion: reconciler/v1\nshop: {shop}\nseller_central: {{ipn_endpoint: registered}}\n"


class Morning(clock.SystemClock):
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops of one seller, both registered as their manifests want it. Nothing was ever received."""
    monkeypatch.setattr(clock, "SystemClock", Morning)

    def registered(made: Path) -> None:
        (made / "shops").mkdir()
        for shop in SHOPS:
            (made / "shops" / f"{shop}.yaml").write_text(MANIFEST.format(shop=shop))
        begin(made, run)

    return copy_of(registered)


def begin(folder: Path, run: Run, *strange: str, settings: str = "") -> None:
    world = {
        "shops": [{"shopKey": shop, "amazonSettings": {"sellerId": SELLER}} for shop in SHOPS],
        "ipnEndpoints": [{"sellerId": SELLER, "url": url} for url in strange],
    }
    (folder / "world.json").write_text(json.dumps(world))
    (folder / ".reconciler" / "embedded.db").unlink(missing_ok=True)
    (folder / "reconciler.yaml").write_text(f"embedded: {{seed: world.json}}\n{settings}")
    assert run("apply", "--auto-approve").exit_code == ExitCode.DONE


def receive(folder: Path, *kept: ReceivedMessage | CaptureState) -> None:
    async def filling() -> None:
        store = open_store(folder / ".reconciler" / "inbox.db")
        inbox, desk = StoreInbox(store), StoreWorkQueue(store, ManualClock())
        for each in kept:
            await (desk.record_fact(each) if isinstance(each, CaptureState) else inbox.keep(each))
        store.close()

    anyio.run(filling)


def heard(number: int, hours: float, shop: str = SHOPS[0], **other: Any) -> ReceivedMessage:
    return arrival(number, shop=shop, published=NOW - hours * HOUR, received=NOW - hours * HOUR, **other)


def polled(hours: float, shop: str = SHOPS[0]) -> CaptureState:
    return fact(shop=shop, updated=NOW - hours * HOUR, source=Source.POLL)


def document(run: Run, *words: str) -> tuple[int, dict[str, Any]]:
    result = run("drift", *words, "-o", "json")
    return result.exit_code, json.loads(result.stdout)


def slugs(printed: dict[str, Any]) -> list[str]:
    return [finding["slug"] for shop in printed["shops"] for finding in shop["diagnostics"]]


def test_without_a_sidecar_nothing_is_reported_and_no_inbox_is_created(folder: Path, run: Run) -> None:
    result = run("drift")
    assert (result.exit_code, result.stdout) == (ExitCode.DONE, "No drift in 2 shops.\n")
    _, printed = document(run)
    assert ["notifications" in shop for shop in printed["shops"]] == [False, False]
    assert not (folder / ".reconciler" / "inbox.db").exists()


def test_each_shop_is_shown_with_its_last_notification(folder: Path, run: Run) -> None:
    receive(folder, heard(1, 30), heard(2, 2), heard(3, 1, status=MessageStatus.SAMPLE))
    result = run("drift")
    assert result.exit_code == ExitCode.DONE
    assert result.stdout == (
        "Last notification\n  nara-ink   none is kept\n  kyoto-tea  2026-11-24 10:00+09:00\n\nNo drift in 2 shops.\n"
    )
    assert "2026-11-24 10:00+09:00" in run("drift", "-o", "markdown").stdout
    _, printed = document(run, "kyoto-tea")
    nothing = {"missed_captures": 0, "missed_since": None}
    assert [shop["notifications"] for shop in printed["shops"]] == [
        {"registered": True, "last": "2026-11-24T01:00:00Z", **nothing}
    ]


@pytest.mark.parametrize(
    ("hours", "settings", "silent"),
    [
        (25, "", True),
        (23, "", False),
        (23, "ipn: {silence_hours: 20}\n", True),
        (25, "ipn: {silence_hours: 30}\n", False),
    ],
)
def test_captures_without_notifications_are_reported(
    folder: Path, run: Run, hours: int, settings: str, silent: bool
) -> None:
    begin(folder, run, settings=settings)
    receive(folder, heard(1, 40), polled(hours), heard(2, 1, shop=SHOPS[1]), polled(40, shop=SHOPS[1]))
    status, printed = document(run)
    assert slugs(printed) == (["silent"] if silent else [])
    assert (status, printed["summary"]["missed_notifications"]) == (
        (ExitCode.DIFFERENCES, 1) if silent else (ExitCode.DONE, 0)
    )
    assert printed["summary"]["drifted"] == 0


def test_the_next_notification_ends_the_silence(folder: Path, run: Run) -> None:
    receive(folder, polled(30))
    assert document(run)[0] == ExitCode.DIFFERENCES
    receive(folder, heard(1, 0))
    assert document(run)[0] == ExitCode.DONE


def test_a_foreign_endpoint_is_a_diagnostic_and_no_field(folder: Path, run: Run) -> None:
    begin(folder, run, ELSEWHERE)
    status, printed = document(run)
    assert (status, slugs(printed), printed["summary"]["fields"]) == (ExitCode.DIFFERENCES, ["foreign-endpoint"], 0)
    assert printed["summary"]["foreign_endpoints"] == 1
    (finding,) = printed["shops"][0]["diagnostics"]
    assert (finding["code"], finding["severity"], finding["shop"]) == ("I202", "warning", "kyoto-tea")
    assert ELSEWHERE in finding["summary"]
    assert finding["location"] == {"file": "shops/kyoto-tea.yaml", "line": 3, "column": 32, "end_column": 42}


def test_one_shop_of_a_seller_that_has_several_is_no_reason_for_alarm(folder: Path, run: Run) -> None:
    status, printed = document(run, "nara-ink")
    assert (status, slugs(printed)) == (ExitCode.DONE, [])
    (folder / "shops" / "kyoto-tea.yaml").unlink()
    assert document(run)[0] == ExitCode.DONE


def test_an_endpoint_of_the_other_environment_is_ignored(folder: Path, run: Run) -> None:
    begin(folder, run)
    world = json.loads((folder / "world.json").read_text())
    world["ipnEndpoints"] = [{"sellerId": SELLER, "environment": "SANDBOX", "url": ELSEWHERE}]
    (folder / "world.json").write_text(json.dumps(world))
    (folder / ".reconciler" / "embedded.db").unlink()
    assert slugs(document(run)[1]) == []


def test_an_endpoint_that_the_settings_name_is_no_finding(folder: Path, run: Run) -> None:
    begin(folder, run, ELSEWHERE, settings=f"ipn: {{other_endpoints: ['{ELSEWHERE}']}}\n")
    assert (document(run)[0], slugs(document(run)[1])) == (ExitCode.DONE, [])


def test_an_inbox_that_cannot_be_read_does_not_spoil_the_drift(folder: Path, run: Run) -> None:
    (folder / ".reconciler" / "inbox.db").write_bytes(b"no database, and long enough to be taken for one " * 90)
    result = run("drift")
    assert (result.exit_code, result.stdout) == (ExitCode.DONE, "No drift in 2 shops.\n")
    assert "[I203]" in result.stderr
    assert "it is not a store" in result.stderr


def test_it_is_the_same_each_time(folder: Path, run: Run) -> None:
    begin(folder, run, ELSEWHERE, "https://another.example/ipn")
    receive(folder, heard(1, 40), polled(30), polled(30, shop=SHOPS[1]))
    assert run("drift").stdout == run("drift").stdout
    first, second = document(run), document(run)
    for printed in (first, second):
        printed[1].pop("run")
    assert first == second
