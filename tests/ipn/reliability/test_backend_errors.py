"""Checklist K: what a backend answers when an order is to be marked, status by status, over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.orders import HttpOrders
from reconciler.ports.inbox import MessageStatus
from tests.adapters.backend.fakes import FakeClock, config
from tests.ipn.worker_harness import ORDER, SHOP, BackOffice, captured, open_office
from tests.support.sns_signer import REFERENCE
from tests.support.stub_http_server import Loopback, Saying, answer, problem, silence

pytestmark = pytest.mark.anyio

FIND = "GET /admin-api/v1/orders"
PAY = f"POST /admin-api/v1/orders/{ORDER}/payment"
STANDS: dict[str, Any] = {
    "orderNo": ORDER, "shopKey": SHOP, "type": "NORMAL", "status": "ACCEPTED", "paymentStatus": "NOTRECEIVED",
    "receiptDate": None, "amazonOrderReferenceId": REFERENCE, "totalAmount": "1000", "currency": "JPY", "version": "1",
}  # fmt: skip


def found(**other: Any) -> Saying:
    return answer({"items": [{**STANDS, **other}], "nextUrl": None})


@asynccontextmanager
async def an_office(folder: Path) -> AsyncIterator[tuple[BackOffice, Loopback]]:
    async with Loopback() as server, open_office(folder) as office:
        client = Client(config(server.url, read_timeout=0.1, patience=1.0), FakeClock(), None)
        office.orders = HttpOrders(client)
        yield office, server
        await client.aclose()


@pytest.mark.parametrize(
    "saying",
    [
        problem(500, "INTERNAL_ERROR"),
        silence,
        problem(429, "TOO_MANY_REQUESTS", Retry_After="7200"),
        answer(b"<html>", 502),
    ],
    ids=["500", "time-out", "429", "502"],
)
@pytest.mark.parametrize("request_in_trouble", [FIND, PAY])
async def test_k_what_a_backend_cannot_answer_now_is_done_later_and_once(
    tmp_path: Path, request_in_trouble: str, saying: Saying
) -> None:
    async with an_office(tmp_path) as (office, server):
        server.on(FIND, found())
        server.on(PAY, answer({**STANDS, "paymentStatus": "RECEIVED", "changed": True}))
        server.on(request_in_trouble, saying)
        assert await office.work_off(captured()) == ["backend-unreachable"]
        [entry] = await office.entries()
        assert entry.status is MessageStatus.PARKED
        server.on(FIND, found())
        server.on(PAY, answer({**STANDS, "paymentStatus": "RECEIVED", "changed": True}))
        async with office.working():
            office.clock.advance(seconds=61)
            await office.watch.until(office.watch.ends, 2)
        assert office.watch.ends[-1] == (MessageStatus.DONE, "paid")


async def test_k_an_order_that_is_cancelled_under_our_hands_is_left_to_a_person(tmp_path: Path) -> None:
    """409: it was read as one that may be paid, and is one no more."""
    async with an_office(tmp_path) as (office, server):
        server.on(FIND, found(), found(status="CANCELLED", version="2"))
        server.on(PAY, problem(409, "ORDER_CANCELLED"))
        assert await office.work_off(captured()) == ["cancelled-order"]
        assert server.asked(PAY) == 1


async def test_k_a_conflict_that_does_not_end_is_put_off_and_not_tried_for_ever(tmp_path: Path) -> None:
    async with an_office(tmp_path) as (office, server):
        server.on(FIND, found())
        server.on(PAY, problem(409, "CONFLICT"))
        assert await office.work_off(captured()) == ["backend-refuses"]
        assert server.asked(PAY) == 3
