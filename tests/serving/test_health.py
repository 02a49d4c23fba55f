"""/healthz, /readyz and /metrics: beside an application, each with a short answer."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import PlainTextResponse

from reconciler.serving.health import READY, ReadyState, make_health_app, not_ready, with_health

pytestmark = pytest.mark.anyio


def client(state: ReadyState = READY) -> httpx.AsyncClient:
    async def ready() -> ReadyState:
        return state

    app = with_health(PlainTextResponse("the application"), make_health_app(ready, lambda: b"counted 1\n"))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server")


@pytest.mark.parametrize(
    ("state", "status", "text"),
    [
        (READY, 200, "ok\n"),
        (ReadyState(word="standby"), 200, "standby\n"),
        (not_ready("no-database"), 503, "no-database\n"),
    ],
)
async def test_readiness_is_a_status_and_a_word(state: ReadyState, status: int, text: str) -> None:
    async with client(state) as http:
        answer, alive = await http.get("/readyz"), await http.get("/healthz")
    assert (answer.status_code, answer.text, answer.headers["cache-control"]) == (status, text, "no-store")
    assert (alive.status_code, alive.text) == (200, "ok\n")


@pytest.mark.parametrize("path", ["/healthz/", "/readyz/", "/metrics/"])
async def test_no_answer_leads_to_the_host_that_a_request_names(path: str) -> None:
    async def ready() -> ReadyState:
        return READY

    transport = httpx.ASGITransport(make_health_app(ready, lambda: b""))
    async with httpx.AsyncClient(transport=transport, base_url="http://elsewhere.example") as http:
        answer = await http.get(path)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


async def test_metrics_have_the_type_that_prometheus_reads() -> None:
    async with client() as http:
        answer = await http.get("/metrics")
    assert answer.text == "counted 1\n"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/healthz/", "/metrics2", "/a/readyz"])
async def test_other_paths_belong_to_the_application(path: str) -> None:
    async with client() as http:
        assert (await http.get(path)).text == "the application"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_only_reads_are_answered(method: str) -> None:
    async with client() as http:
        assert (await http.request(method, "/readyz")).status_code == 405
        assert (await http.head("/readyz")).status_code == 200
