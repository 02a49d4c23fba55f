"""A plan without changes, compared with bare parsing of the same manifests and bare fetching of the same pages."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import anyio
import httpx

from bench.fleet import world, write_fleet
from bench.manifests import bare_parse
from bench.timing import Figure, compare
from reconciler.adapters.backend import BackendConfig, HttpObserver
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.secrets import SecretResolver
from reconciler.core.values import Secret, SecretRef
from reconciler.embedded.app import create_app
from reconciler.embedded.config import EmbeddedConfig
from reconciler.workflows.plan import PlanInputs, make_plan

SHOPS = 1_000
PAGE = 500
RUNS = 5


def measure(folder: Path) -> list[Figure]:
    paths = write_fleet(folder / "shops", SHOPS)
    app = create_app(EmbeddedConfig(database=folder / "world.db", seed=world(SHOPS)))
    secret = secrets.token_urlsafe(24)
    app.state.world.ensure_client("bench", secret)
    config = BackendConfig(
        base_url="http://embedded.invalid", client_id="bench", client_secret=Secret(secret, SecretRef("ref+bench://x"))
    )

    async def plan() -> None:
        async with HttpObserver(config, SystemClock(), in_process(app)) as observer:
            manifests = ManifestFolder(folder / "shops")
            planned = await make_plan(PlanInputs(), manifests, SecretResolver(folder), observer, SystemClock())
        if not planned.plan.empty or planned.plan.all_findings or len(planned.plan.shops) != SHOPS:
            raise RuntimeError("the plan should be empty")

    async def floor() -> None:
        bare_parse(paths)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://embedded.invalid"
        ) as http:
            await bare_fetch(http, secret)

    return [
        compare(
            f"plan of {SHOPS:,} unchanged shops",
            lambda: anyio.run(plan),
            "bare parse and bare fetch",
            lambda: anyio.run(floor),
            RUNS,
        )
    ]


async def bare_fetch(http: httpx.AsyncClient, secret: str) -> list[Any]:
    answer = await http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("bench", secret))
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    url: str | None = f"/admin-api/v1/integrations?limit={PAGE}"
    items: list[Any] = []
    while url:
        page = json.loads((await http.get(url, headers=headers)).raise_for_status().content)
        items += page["items"]
        url = page["nextUrl"]
    if len(items) != SHOPS:
        raise RuntimeError(f"{len(items)} shops were fetched")
    return items
