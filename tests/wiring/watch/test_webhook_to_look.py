"""A webhook on the watcher's port leads to a look, long before the watcher would have asked by itself."""

import base64
import json
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
from standardwebhooks import Webhook

from reconciler.adapters.clock import SystemClock
from reconciler.embedded import World
from reconciler.wiring.runtime import load_settings
from reconciler.wiring.services.listening import ListenAddress
from reconciler.wiring.session import Settings, open_session
from reconciler.wiring.watch.serve_watch import WatchServing, watch_fleet
from tests.support.session_harness import NoSignals
from tests.support.waiting import until

KEY = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
MANIFEST = "apiVersion: reconciler/v1\nshop: kyoto-tea\namazon: {notification: {email: a@kyoto-tea.example}}\n"
SEED = {"shops": [{"shopKey": "kyoto-tea", "amazonSettings": {"notificationEmail": "a@kyoto-tea.example"}}]}
SETTINGS = (
    "embedded: {seed: seed.json, database: backend.db}\nstore: journal.db\n"
    "watch: {poll: 1h, webhooks: {backend: ref+env://HOOK}}\n"
)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOOK", KEY)
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    (tmp_path / "shops").mkdir()
    (tmp_path / "shops/kyoto-tea.yaml").write_text(MANIFEST)
    (tmp_path / "seed.json").write_text(json.dumps(SEED))
    (tmp_path / "reconciler.yaml").write_text(SETTINGS)
    read = load_settings(tmp_path / "reconciler.yaml")
    assert isinstance(read, Settings), read
    return read


def signed() -> tuple[str, dict[str, str]]:
    body = json.dumps({"type": "shop.changed", "data": {"shopKeys": ["kyoto-tea"]}})
    now = SystemClock().now()
    names = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    signature = Webhook(KEY).sign("msg_1", now, body)
    return body, {"content-type": "application/json", **names, "webhook-signature": signature}


@pytest.mark.anyio
async def test_a_webhook_leads_to_a_look(settings: Settings) -> None:
    session = open_session(settings, stop_signals=NoSignals())
    announced: list[WatchServing] = []

    def stored(name: str, **words: int) -> int:
        with session.findings.open(create=False) as findings:
            return 0 if findings is None else len(getattr(findings, name)(session.target.fleet_name, **words))

    async with anyio.create_task_group() as group:
        address = ListenAddress(host="127.0.0.1", port=0, option="--port", variable="RECONCILER_WATCH_PORT")
        group.start_soon(watch_fleet, replace(session), settings, address, announced.append)
        await until(lambda: announced)
        await until(lambda: stored("looks", limit=1))
        assert stored("findings") == 0
        world = World.open(settings.embedded.database)
        world.merchant_edits("kyoto-tea", {"notificationEmail": "x@kyoto-tea.example"})
        world.close()
        body, headers = signed()
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{announced[0].address}webhooks/backend", content=body, headers=headers)
        assert answer.status_code == 204
        await until(lambda: stored("findings"))
        group.cancel_scope.cancel()
