"""State written by release 0.1.0 is read by this version: store, saved plans, undo plan, saved rollout, inbox, settings."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.embedded import World
from tests.cli.conftest import Run, run  # noqa: F401  # a fixture
from tests.support.postgres import running

RELEASE = Path(__file__).parent / "release-0.1.0"
TOKEN = "amzn.mws.0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
SHARED_KEY = "c0" * 32
SOON_AFTER = datetime.fromisoformat("2026-11-28T10:00:00+00:00")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A fleet as the release left it, to work in."""

    def restore(name: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(RELEASE / name, folder)
        (folder / "state").rename(folder / ".reconciler")
        for private in (folder / ".reconciler").glob("plan.key"):
            private.chmod(0o600)  # Git keeps no such mode
        monkeypatch.chdir(folder)
        monkeypatch.setenv("CORPUS_TOKEN", TOKEN)
        return folder

    return restore


@pytest.fixture
def soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock shows a time shortly after the release wrote its files."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: SOON_AFTER)


def storefronts(folder: Path) -> dict[str, str]:
    world = World.open(folder / ".reconciler" / "embedded.db")
    try:
        shops = ("goes-live", "is-closed", "leaves", "stays", "sells")
        return {shop: world.integration(shop)["storefront"]["value"]["status"] for shop in shops}
    finally:
        world.close()


def document(run: Run, *words: str, **more: str) -> dict:  # noqa: F811
    result = run(*words, "-o", "json", CORPUS_TOKEN=TOKEN, **more)
    return json.loads(result.stdout) | {"exit": result.exit_code}


PLANS = {
    "plan-references": "sha256:25ad2f117c7d38a818b893fa025b028d89f76efcbc4539794b0adec9dc015619",
    "plan-held": None,
    "plan-nothing-to-do": None,
    "plan-pending": None,
    "plan-digests": None,
}


@pytest.mark.parametrize("name", PLANS)
def test_each_saved_plan_is_shown_with_the_fingerprint_in_its_file(state, run, name):  # noqa: F811
    folder = state("applied")
    written = json.loads((folder / f"{name}.json").read_text())["plan"]["fingerprint"]
    key = {"RECONCILER_PLAN_KEY": SHARED_KEY} if name == "plan-digests" else {}
    shown = run("show-plan", f"{name}.json", CORPUS_TOKEN=TOKEN, **key)
    assert shown.exit_code in {0, 2, 3}, shown.output
    assert written in shown.stdout.replace("\n", "")
    assert PLANS[name] in {None, written}


def test_a_plan_in_which_both_sides_moved_is_still_held(state, run, soon_after):  # noqa: F811
    state("applied")
    report = document(run, "apply", "plan-pending.json", "--auto-approve")
    assert report["exit"] == 3
    assert "both-moved" in json.dumps(report)


def test_a_plan_over_digests_is_verified_with_its_key(state, run, soon_after):  # noqa: F811
    state("applied")
    report = document(run, "apply", "plan-digests.json", "--auto-approve", RECONCILER_PLAN_KEY=SHARED_KEY)
    assert report["exit"] != 1, report
    other = run("apply", "plan-digests.json", "--auto-approve", CORPUS_TOKEN=TOKEN, RECONCILER_PLAN_KEY="d1" * 32)
    assert other.exit_code == 3


def test_the_history_of_the_store_is_read_and_continued(state, run):  # noqa: F811
    state("applied")
    rows = document(run, "history")["rows"]
    assert [row["actor"] for row in rows] == ["corpus@vm"]
    assert document(run, "history", "leaves", "--steps")["rows"]
    drift = document(run, "drift", "stays")
    assert drift["exit"] == 2
    assert "conflict" in json.dumps(drift) or "both" in json.dumps(drift)


def test_the_undo_plan_reverses_what_no_one_changed_since(state, run, soon_after):  # noqa: F811
    folder = state("applied")
    (undo,) = (folder / ".reconciler" / "undo").iterdir()
    report = document(run, "apply", str(undo), "--auto-approve", "--allow", "turning-off")
    assert report["exit"] == 5, report  # a merchant changed `stays` after the run
    world = World.open(folder / ".reconciler" / "embedded.db")
    assert world.integration("leaves")["amazonSettings"]["value"]["useAmazon"] is True
    assert world.integration("goes-live")["amazonSettings"]["value"]["useAmazon"] is False
    assert world.integration("stays")["amazonSettings"]["value"]["notificationEmail"] == "private@stays.example"
    world.close()


def test_the_saved_rollout_is_continued(state, run, soon_after):  # noqa: F811
    folder = state("rollout")
    world = World.open(folder / ".reconciler" / "embedded.db")
    world.amazon_restores("stays")
    world.close()
    document_ = document(run, "resume", "--auto-approve")
    assert document_["exit"] == 0, document_
    assert run("plan", CORPUS_TOKEN=TOKEN).exit_code == 0
    assert not list((folder / ".reconciler" / "waves").iterdir())


def test_the_shop_that_a_killed_run_closed_is_reopened(state, run):  # noqa: F811
    folder = state("killed")
    assert storefronts(folder)["leaves"] == "CLOSED"
    found = document(run, "resume")
    assert found["summary"]["reopened"] == 1
    assert storefronts(folder)["leaves"] == "OPEN"
    assert run("apply", "--auto-approve", "--allow", "turning-off", CORPUS_TOKEN=TOKEN).exit_code == 0
    assert run("plan", CORPUS_TOKEN=TOKEN).exit_code == 0


def test_the_inbox_is_listed_and_counted(state, run):  # noqa: F811
    state("inbox")
    reasons = [row["reason"] for row in document(run, "ipn", "list")["rows"]]
    assert reasons == ["unknown-charge", "partial", "declined", "already-paid", "paid"]
    assert len(document(run, "ipn", "refused")["rows"]) == 2
    assert run("ipn", "replay", "5", CORPUS_TOKEN=TOKEN).exit_code == 0
    assert run("ipn", "show", "3", CORPUS_TOKEN=TOKEN).exit_code == 0


def test_a_store_on_postgresql_is_read_and_continued(state, run):  # noqa: F811
    folder = state("killed")
    with running() as server:
        url = server.fresh()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute((RELEASE / "postgresql.sql").read_text())
        settings = folder / "reconciler.yaml"
        settings.write_text(settings.read_text().replace(".reconciler/journal.db", f"'{url}'"))
        assert [row["actor"] for row in document(run, "history")["rows"]] == ["corpus@vm"]
        assert document(run, "apply", "--auto-approve", "--allow", "turning-off")["exit"] == 0
        assert len(document(run, "history")["rows"]) == 2
