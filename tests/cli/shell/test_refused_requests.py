"""A backend that refuses for some seconds is mentioned, once; one that answers in between is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.shell.progress import refused_requests
from reconciler.cli.shell.progress.refused_requests import RefusedRequests
from reconciler.core.results.request_log import RequestLogEntry

if TYPE_CHECKING:
    import pytest

    from reconciler.embedded import World
    from tests.cli.conftest import Run
    from tests.cli.served_shops import Gate


def notices(*answers: tuple[float, int | None]) -> list[str]:
    """What is said after answers, each at its second."""
    now = 0.0
    refused, said = RefusedRequests(lambda: now), []
    for now, status in answers:
        notice = refused.notice(RequestLogEntry(method="GET", path="/integrations", status=status))
        if notice is not None:
            said.append(f"{now:g}: {notice}")
    return said


def test_it_is_said_once_when_it_takes_long() -> None:
    notice = "The backend has refused requests for 7 s (HTTP 429); what can be repeated is sent again after a wait"
    assert notices((0, 429), (1, 429), (3, 429), (7, 429), (15, 429), (31, 429)) == [f"7: {notice}"]


def test_a_backend_that_answers_in_between_is_not_mentioned() -> None:
    assert notices((0, 429), (4, 200), (8, 429), (12, 429)) == []
    assert notices((0, 200), (60, None), (90, 200)) == []


def test_it_is_said_again_when_it_went_on_in_between() -> None:
    notice = "The backend has refused requests for 6 s (HTTP 503); what can be repeated is sent again after a wait"
    assert notices((0, 503), (6, 503), (7, 200), (20, 503), (26, 503)) == [f"6: {notice}", f"26: {notice}"]


class Busy:
    """A backend that refuses the first requests for shops."""

    def __init__(self, app, refusals: int) -> None:
        self.app = app
        self.left = refusals

    async def __call__(self, scope, receive, send) -> None:
        if "/integration" not in scope.get("path", "") or not self.left:
            await self.app(scope, receive, send)
            return
        self.left -= 1
        headers = [(b"retry-after", b"1"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 429, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})


def test_a_plan_says_that_it_waits(shops: tuple[World, Gate], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_requests, "_LONG", 0.5)
    monkeypatch.setenv("SECRET", "secret")
    _, gate = shops
    gate.app = Busy(gate.app, refusals=2)
    planned = run("plan", "shop-a")
    assert planned.exit_code == 0
    assert (
        "The backend has refused requests for 1 s (HTTP 429); what can be repeated is sent again after a wait"
        in planned.stderr
    )
    gate.app = Busy(gate.app, refusals=2)
    assert "refused requests" not in run("plan", "shop-a", "--quiet").stderr
