"""The served backend's own paths: whether its database answers, and requests counted without naming a shop."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from reconciler.embedded import EmbeddedConfig, create_app
from reconciler.embedded.monitoring import monitored, route_of
from tests.embedded.harness import KYOTO, SEED

pytestmark = pytest.mark.anyio


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "world.sqlite"


@pytest.fixture
def backend(database: Path) -> FastAPI:
    return create_app(EmbeddedConfig(database=database, seed=SEED, pages=True))


def client(backend: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(monitored(backend)), base_url="http://backend")


def moved(old: Path, new: Path) -> None:
    old.rename(new)


def emptied(database: Path) -> None:
    for each in database.parent.iterdir():
        each.unlink()
    database.touch()


async def test_it_is_ready_while_its_database_answers(backend: FastAPI, database: Path) -> None:
    async with client(backend) as http:
        assert (await http.get("/readyz")).text == "ok\n"
        moved(database, database.with_suffix(".moved"))
        gone = await http.get("/readyz")
        assert (gone.status_code, gone.text) == (503, "no-database\n")
        assert (await http.get("/healthz")).status_code == 200
        moved(database.with_suffix(".moved"), database)
        assert (await http.get("/readyz")).status_code == 200


async def test_a_database_without_its_tables_is_not_ready(backend: FastAPI, database: Path) -> None:
    backend.state.services.database.close()
    emptied(database)
    async with client(backend) as http:
        assert (await http.get("/readyz")).status_code == 503


async def test_requests_are_counted_by_the_routes_of_the_contract(backend: FastAPI) -> None:
    async with client(backend) as http:
        await http.get(f"/admin-api/v1/shops/{KYOTO}/storefront")
        await http.get("/admin-api/v1/shops/nobody/storefront")
        await http.get("/admin/sign-in")
        await http.get("/nothing/here")
        text = (await http.get("/metrics")).text
    counted = {line for line in text.splitlines() if line.startswith("reconciler_backend_requests_total")}
    assert counted == {
        'reconciler_backend_requests_total{route="/admin-api/v1/shops/{shopKey}/storefront",status="401"} 2.0',
        'reconciler_backend_requests_total{route="/admin",status="200"} 1.0',
        'reconciler_backend_requests_total{route="other",status="404"} 1.0',
    }
    assert KYOTO not in text


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/oauth/token", "/oauth/token"),
        ("/admin-api/v1/integrations", "/admin-api/v1/integrations"),
        ("/admin-api/v1/orders/1000/payment", "/admin-api/v1/orders/{orderNo}/payment"),
        ("/admin-api/v1/shops/kyoto-tea/unknown", "other"),
        ("/admin-api/v1/shops/a/b/storefront", "other"),
        ("/shop/kyoto-tea/", "/shop"),
        ("/amazon/sign-in", "/amazon"),
        ("/amazon-pay/v2/charges/S01-1", "/amazon-pay/v2/charges/{chargeId}"),
        ("/embedded/faults", "/embedded"),
        ("/", "other"),
        ("*", "other"),
    ],
)
def test_a_path_belongs_to_a_route_of_a_closed_list(path: str, route: str) -> None:
    assert route_of({"path": path}) == route
