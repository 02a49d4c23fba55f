"""A watcher is killed at seeded points, with SIGKILL, in a real process: the next one loses and doubles nothing.

In `make test` a few points are tried; `make soak` tries 50.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.findings.finding_store import StoreFindings
from reconciler.adapters.store.findings.heals import StoreHeals
from reconciler.adapters.store.reviews.review_store import StoreReviews
from reconciler.core.alerts.alert import AlertState
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.healing.record import HealOutcome
from reconciler.embedded.actors.world import World
from reconciler.wiring.session import Settings, load_settings, open_session
from tests.kill.alerting import DELIVERED
from tests.kill.fleet import ENTITLED, Zygote, copy, no_lease_is_left, said, settings
from tests.simulation.watched.approving import approve_deferred

SEED = 18
POINTS = 50
QUICK = 3
WATCH = ["watch", "--once"]
FLEET = "production-embedded"
A_DAY = 86_400.0
SHOPS = ("goes-live", "mail", "texts-1", "texts-2", "sale", "pending")
SETTINGS = """\
embedded: {seed: seed.json}
pace: {in_flight: 1, requests_per_second: 1000}
limits: {fleet_share: 100%}
heal:
  max_share: 100%
  rules:
    - {name: texts-rule, fields: ["amazon.messages.*"]}
    - {name: mail-rule, fields: [amazon.notification.email]}
    - {name: sales-rule, fields: [payment.amazon_pay.pre_order], mode: propose}
"""
MANIFEST = """\
apiVersion: reconciler/v1
shop: {shop}
maintenance: {{close_shop: allow}}
amazon:
  enabled: {enabled}
  api: {{seller_id: A1KILLED{number:06d}, client_id: {client}, mws_auth_token: pre-set}}
  notification: {{email: pay@shop.example}}
  messages: {{order_area: {{label: {label}}}}}
payment: {{amazon_pay: {{pre_order: true}}}}
"""
DRIFT: dict[str, dict[str, object]] = {
    "mail": {"notificationEmail": "merchant@mail.example"},
    "texts-1": {"ORDER_AREA.label": "text b"},
    "texts-2": {"ORDER_AREA.label": "text c"},
    "sale": {"preOrder": False},
}
"""What merchants did while nobody watched."""


def write_manifest(folder: Path, shop: str, *, enabled: bool, label: str = "text a") -> None:
    number = SHOPS.index(shop)
    text = MANIFEST.format(shop=shop, number=number, client=client(number), enabled=str(enabled).lower(), label=label)
    (folder / "shops" / f"{shop}.yaml").write_text(text)


def client(number: int) -> str:
    return f"amzn1.application-oa2-client.{number:032d}"


def seed() -> dict[str, Any]:
    return {
        "shops": [
            {
                "shopKey": shop,
                "amazonSettings": settings(number, clientId=client(number), useAmazon=shop != "goes-live"),
                "payment": {"preOrder": True},
                "parts": [{"part": "ORDER_AREA", "label": "text a", "message": None}],
                "entitlements": ENTITLED,
            }
            for number, shop in enumerate(SHOPS)
        ]
    }


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Path:
    """Applied and watched once; then merchants, a commit and an approval."""
    folder = tmp_path_factory.mktemp("changed") / "fleet"
    (folder / "shops").mkdir(parents=True)
    for shop in SHOPS:
        write_manifest(folder, shop, enabled=shop != "goes-live")
    (folder / "reconciler.yaml").write_text(SETTINGS)
    (folder / "seed.json").write_text(json.dumps(seed()))
    assert zygote.run(folder, ["apply", "--auto-approve"]).ended == 0, said(folder)
    assert zygote.run(folder, WATCH, later=0).ended == 0, said(folder)
    world = World.open(folder / ".reconciler" / "embedded.db")
    for shop, changes in DRIFT.items():
        world.merchant_edits(shop, changes)
    world.close()
    write_manifest(folder, "goes-live", enabled=True)
    write_manifest(folder, "pending", enabled=True, label="text z")
    opened = load_settings(folder / "reconciler.yaml")
    assert isinstance(opened, Settings)
    assert anyio.run(approve_deferred, open_session(opened), "goes-live", 7)
    return folder


def outcome(folder: Path) -> dict[str, Any]:
    """What there is in the end, without times."""
    world = World.open(folder / ".reconciler" / "embedded.db")
    shops = {shop: live(world, shop) for shop in SHOPS}
    world.close()
    store = open_store(folder / ".reconciler" / "journal.db")
    try:
        findings, heals = StoreFindings(store), StoreHeals(store)
        healed = Counter(
            (each.healed.shop, each.healed.field, each.healed.rule)
            for each in heals.latest_heals(FLEET, limit=100)
            if each.heal.outcome is HealOutcome.HEALED or each.run is None
        )
        return {
            "shops": shops,
            "findings": sorted((each.key.id, each.state.value) for each in findings.findings(FLEET, resolved=True)),
            "healed": sorted(healed),
            "proposed": sorted(each.shop for each in heals.proposals(FLEET)),
            "deferred": [(each.shop, each.applied is not None) for each in StoreReviews(store).deferred(FLEET)],
            "alerts": {state for _, state in StoreAlerts(store).counts(FLEET)} - {AlertState.SENT},
            "events": Counter(
                (each.event.finding.key.id, each.event.kind.value) for each in findings.events_after(FLEET, 0)
            ),
        }
    finally:
        store.close()


def live(world: World, shop: str) -> dict[str, Any]:
    whole = world.integration(shop)
    amazon, pay = whole["amazonSettings"]["value"], whole["amazonPay"]["value"]
    parts = whole["systemParts"]["value"]["parts"]
    return {
        "status": whole["storefront"]["value"]["status"],
        "enabled": amazon["useAmazon"],
        "email": amazon["notificationEmail"],
        "pre_order": pay["preOrder"],
        "label": parts[0]["label"],
    }


def said_by_alerts(folder: Path) -> set[tuple[str, str]]:
    """Each event of each alert; one that was sent twice has the same id."""
    lines = [json.loads(line) for line in (folder / DELIVERED).read_text().splitlines()]
    by_id: dict[str, Any] = {}
    for each in lines:
        assert by_id.setdefault(each["id"], each["events"]) == each["events"]
    assert len(lines) - len(by_id) <= 1, "more than the one alert that was in hand came twice"
    at_once = [tuple(event) for each in lines if each["channel"] == "ops-chat" for event in by_id[each["id"]]]
    return set(at_once)


def writes(folder: Path) -> Counter[str]:
    lines = (folder / "acknowledged.txt").read_text().splitlines()
    return Counter(line for line in lines if "/storefront " not in line)


def finish(folder: Path, zygote: Zygote, place: str) -> None:
    for day in (1, 2):
        ended = zygote.run(folder, WATCH, later=day * A_DAY).ended
        assert ended == ExitCode.DIFFERENCES, f"{place}: {said(folder)}"  # what is proposed is left


def check_points(changed: Path, zygote: Zygote, folder: Path, count: int) -> int:
    """Out: how many points there are."""
    whole = copy(changed, folder / "whole")
    ticks = zygote.run(whole, WATCH, later=0).ticks
    finish(whole, zygote, "not killed")
    wanted, heard, written = outcome(whole), said_by_alerts(whole), writes(whole)
    examine(wanted)
    points = sorted(random.Random(SEED).sample(range(1, ticks + 1), POINTS))
    for point in points[:: POINTS // count]:
        place = f"seed {SEED}, killed at step {point} of {ticks}"
        killed = copy(changed, folder / str(point))
        assert zygote.run(killed, WATCH, point, later=0).ended == -signal.SIGKILL, f"{place}: {said(killed)}"
        finish(killed, zygote, place)
        assert outcome(killed) == wanted, place
        assert said_by_alerts(killed) == heard, place
        assert writes(killed) == written, place
        no_lease_is_left(killed)
        shutil.rmtree(killed)
    return ticks


def examine(wanted: dict[str, Any]) -> None:
    """The story is the expected one."""
    shops = wanted["shops"]
    assert {shop: each["status"] for shop, each in shops.items()} == dict.fromkeys(SHOPS, "OPEN")
    assert shops["goes-live"]["enabled"] is True
    assert wanted["deferred"] == [("goes-live", True)]
    assert [(shop, rule) for shop, _, rule in wanted["healed"]] == [
        ("mail", "mail-rule"),
        ("texts-1", "texts-rule"),
        ("texts-2", "texts-rule"),
    ]
    assert wanted["proposed"] == ["sale"]
    assert shops["sale"]["pre_order"] is False
    assert shops["pending"]["label"] == "text a"


def test_a_watcher_that_is_killed_loses_and_doubles_nothing(
    changed: Path, zygote: Zygote, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ticks = check_points(changed, zygote, tmp_path, QUICK)
    with capsys.disabled():
        print(f"\nkill points of a watcher: {ticks}, tried here: {QUICK} (make soak tries {POINTS})")


@pytest.mark.soak
def test_a_watcher_that_is_killed_at_fifty_points_loses_and_doubles_nothing(
    changed: Path, zygote: Zygote, tmp_path: Path
) -> None:
    check_points(changed, zygote, tmp_path, POINTS)
