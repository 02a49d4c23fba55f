"""Whatever a backend does not offer, plan, apply, drift and watch work with the rest: real commands, over HTTP on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.second_backend.serving import Second, second_backend, serve_second
from tests.second_backend.state import OFFERS

pytestmark = pytest.mark.system

SECRET = "a-secret-of-this-test-run"
TOKEN = "amzn.mws.01234567-89ab-cdef-0123-456789abcdef"
SHOPS = [f"shop-{number:02}" for number in range(24)]
"""More than are read one by one."""
MANIFEST = """\
apiVersion: reconciler/v1
shop: {shop}
amazon:
  enabled: true
  api:
    seller_id: A1CONTRACT9999
    client_id: amzn1.application-oa2-client.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    mws_auth_token: ref+env://TOKEN
  notification: {{email: pay@{shop}.example}}
  messages: {{order_area: {{label: Amazon Pay}}}}
payment: {{amazon_pay: {{pre_order: true}}}}
maintenance: {{close_shop: allow}}
"""
LEFT_OUT = {
    "nothing": {},
    **{f"without {name}": {"offers": OFFERS - {name}} for name in sorted(OFFERS)},
    "without all": {"offers": frozenset()},
    "without 自動連携": {"auto_link": False},
}


@dataclass(frozen=True)
class Site:
    folder: Path
    second: Second

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        own = {"CLIENT_SECRET": SECRET, "TOKEN": TOKEN, "NO_COLOR": "1", "LANG": "C.UTF-8"}
        return subprocess.run(
            [sys.executable, "-m", "reconciler", *words],
            cwd=self.folder,
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def result(self, *words: str) -> tuple[int, dict[str, Any]]:
        done = self.run(*words, "-o", "json")
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def value(self, shop: str, part: str) -> dict[str, Any]:
        found: dict[str, Any] = self.second.world.integration(shop)[part]["value"]
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    entitled = {"commerceCreator": "RUNNING", "subscriptionApplications": True}
    seed = {"shops": [{"shopKey": shop, "entitlements": entitled} for shop in SHOPS]}
    opened = []

    def open_site(shops: list[str], **about: Any) -> Site:
        second = second_backend(tmp_path / "world.jsonl", seed, **about)
        second.world.ensure_client("reconciler", SECRET)
        context = serve_second(second)
        url = context.__enter__()
        opened.append(context)
        backend = {"url": url, "client_id": "reconciler", "client_secret": "ref+env://CLIENT_SECRET"}
        settings = {"backend": backend, "pace": {"requests_per_second": 100}}
        (tmp_path / "reconciler.yaml").write_text(json.dumps(settings))
        (tmp_path / "shops").mkdir()
        for shop in shops:
            (tmp_path / "shops" / f"{shop}.yaml").write_text(MANIFEST.format(shop=shop))
        return Site(tmp_path, second)

    yield open_site
    for context in opened:
        context.__exit__(None, None, None)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_shop_is_planned_applied_and_watched(name: str, site: Callable[..., Site]) -> None:
    made = site(["shop-07"], **LEFT_OUT[name])

    applied = made.run("apply", "--auto-approve")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert made.run("plan", "--detailed-exitcode").returncode == 0
    assert made.value("shop-07", "storefront")["status"] == "OPEN", "it was closed for the switch, and opened again"
    assert made.value("shop-07", "amazonSettings")["buttonsVisible"] is True
    assert made.value("shop-07", "amazonPay")["preOrder"] is True

    made.second.world.merchant_edits("shop-07", {"notificationEmail": "hanako@shop-07.example"}, by="Hanako")
    drift = made.run("drift")
    assert drift.returncode == 2, drift.stderr
    assert "hanako@shop-07.example" in drift.stdout
    known = "changes" in made.second.state.offers
    assert ("Hanako" in drift.stdout) is known, "who made the change is in the trail alone"

    watched, result = made.result("watch", "--once")
    assert (watched, result["rows"][0]["drifted"]) == (2, 1)


@pytest.mark.parametrize("name", ["nothing", "without bulk-read", "without bulk-write", "without all"])
def test_many_shops_are_written_with_what_the_backend_offers(name: str, site: Callable[..., Site]) -> None:
    made = site(SHOPS, **LEFT_OUT[name])

    applied = made.run("apply", "--auto-approve", "--allow", "fleet-share", "--allow", "closed-at-once")

    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert all(made.value(shop, "amazonSettings")["useAmazon"] for shop in SHOPS)
    assert {made.value(shop, "storefront")["status"] for shop in SHOPS} == {"OPEN"}
    offers, asked = made.second.state.offers, made.second.asked
    written_at_once = any(method == "PATCH" and path == "/admin-api/v1/integrations" for method, path in asked)
    assert written_at_once is ("bulk-write" in offers)
    assert "bulk-read" in offers or not [path for _, path in asked if "shopKeys=" in path]
