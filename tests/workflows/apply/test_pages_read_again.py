"""Right before it writes, an apply of many shops reads again only the pages that changed since it was planned."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.backend.observer import SINGLE_READ_LIMIT
from reconciler.core.diagnostics import codes
from reconciler.core.results.apply_result import ApplyResult
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from tests.support.session_harness import (
    SETTINGS,
    NoSignals,
    RecordingListener,
    WatchingApprover,
    email,
    merchant_edits,
    with_world,
)

SHOPS = tuple(f"shop-{number:02}" for number in range(SINGLE_READ_LIMIT + 2))


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    for shop in SHOPS:
        text = f"apiVersion: reconciler/v1\nshop: {shop}\namazon: {{notification: {{email: pay@{shop}.example}}}}\n"
        (tmp_path / "shops" / f"{shop}.yaml").write_text(text)
    (tmp_path / "seed.json").write_text(json.dumps({"shops": [{"shopKey": shop} for shop in SHOPS]}))
    (tmp_path / "reconciler.yaml").write_text(SETTINGS)
    return tmp_path


def applied(fleet: Path, before_writing: Callable[[], object] = lambda: None) -> tuple[ApplyResult, list[int | None]]:
    """The result, and the statuses of the requests for pages. `before_writing` is called after the plan was made."""
    settings, listener = load_settings(fleet / "reconciler.yaml"), RecordingListener()
    assert isinstance(settings, Settings), settings
    session = open_session(
        settings, approver=WatchingApprover(before_writing), listener=listener, stop_signals=NoSignals()
    )
    result = anyio.run(apply_manifests, session, ApplyRequest())
    pages = [each.status for each in listener.requests if each.path.endswith("/integrations") and each.method == "GET"]
    return result, pages


def test_a_page_that_did_not_change_is_not_sent_again(fleet: Path) -> None:
    result, pages = applied(fleet)
    assert set(result.outcomes.values()) == {"applied"}
    assert pages[:2] == [200, 304]


def test_a_change_after_the_plan_was_made_is_seen_on_its_page(fleet: Path) -> None:
    edited = "merchant@shop-05.example"
    result, pages = applied(fleet, lambda: merchant_edits(fleet, "shop-05", notificationEmail=edited))
    assert pages[:2] == [200, 200]
    assert {shop for shop, outcome in result.outcomes.items() if outcome != "applied"} == {"shop-05"}
    (refused,) = (each for each in result.all_diagnostics if each.blocking)
    assert (refused.code, refused.shop) == (codes.STALE, "shop-05")
    assert email(fleet, "shop-05") == edited


def test_if_the_pages_hold_other_shops_now_all_are_read_again(fleet: Path) -> None:
    def rearrange() -> None:
        with_world(fleet, lambda world: world.seed({"shops": [{"shopKey": f"another-{n:03}"} for n in range(600)]}))

    result, pages = applied(fleet, rearrange)
    assert set(result.outcomes.values()) == {"applied"}
    assert pages[:3] == [200, 200, 200]
