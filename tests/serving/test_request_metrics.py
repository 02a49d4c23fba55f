"""Requests counted by route and status, also those that end without an answer."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from reconciler.serving.request_metrics import RequestMetrics

pytestmark = pytest.mark.anyio


def of_path(scope: Scope) -> str:
    return "shops" if scope["path"].startswith("/shops/") else "other"


async def shop(request: Request) -> PlainTextResponse:
    return PlainTextResponse("found", status_code=404 if request.path_params["key"] == "nobody" else 200)


async def cut(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise ConnectionResetError


def samples(metrics: RequestMetrics, name: str) -> list[str]:
    return [line for line in metrics.text().decode().splitlines() if line.startswith(name)]


async def test_requests_are_counted_by_route_and_status() -> None:
    metrics = RequestMetrics("backend", of_path)
    app = metrics.around(Starlette(routes=[Route("/shops/{key}", shop)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://server") as http:
        for path in ("/shops/kyoto-tea", "/shops/osaka-books", "/shops/nobody", "/else"):
            await http.get(path)
    assert samples(metrics, "reconciler_backend_requests_total") == [
        'reconciler_backend_requests_total{route="shops",status="200"} 2.0',
        'reconciler_backend_requests_total{route="shops",status="404"} 1.0',
        'reconciler_backend_requests_total{route="other",status="404"} 1.0',
    ]
    assert samples(metrics, "reconciler_backend_request_seconds_count") == [
        'reconciler_backend_request_seconds_count{route="shops"} 3.0',
        'reconciler_backend_request_seconds_count{route="other"} 1.0',
    ]
    assert "kyoto" not in metrics.text().decode()


async def test_a_request_that_ends_without_an_answer_is_counted() -> None:
    metrics = RequestMetrics("backend", of_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(metrics.around(cut)), base_url="http://server") as http:
        with pytest.raises(ConnectionResetError):
            await http.get("/shops/kyoto-tea")
    assert samples(metrics, "reconciler_backend_requests_total") == [
        'reconciler_backend_requests_total{route="shops",status="none"} 1.0'
    ]
