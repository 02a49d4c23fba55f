"""When to retry: the table in `retries`, and Retry-After in all its forms."""

from datetime import UTC, datetime

import pytest

from reconciler.adapters.backend import HttpObserver
from reconciler.adapters.backend.http.messages import ApiRequest, NoResponse, RawResponse
from reconciler.adapters.backend.http.retries import retry_after, retry_delay
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import BackendError, BackendMaintenance, Unreachable
from tests.adapters.backend.fakes import SHOP, FakeClock, collected, config, integration
from tests.adapters.backend.test_observer import code_of, reported, route
from tests.support.stub_http_server import Loopback, answer, problem

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
GET = ApiRequest(method="GET", path="/x")
TOKEN = ApiRequest(method="POST", path="/oauth/token", form="x")
WRITES = tuple(ApiRequest(method=method, path="/x", version="v") for method in ("PATCH", "PUT", "POST", "DELETE"))
NEVER_LEFT = NoResponse(why=msg("no connection could be made"), sent=False)
LOST = NoResponse(why=msg("the connection was closed before the answer"), sent=True)


def wait(
    call: ApiRequest,
    outcome: RawResponse | NoResponse,
    *,
    kind: type[BackendError] = Unreachable,
    happened: bool | None = False,
    tries: int = 1,
    left: float = 60,
):
    error = kind(msg("no"), happened=happened)
    return retry_delay(call=call, outcome=outcome, error=error, tries=tries, left=left, now=NOW)


def answered(status: int, after: str | None = None) -> RawResponse:
    return RawResponse(status=status, headers={} if after is None else {"retry-after": after})


@pytest.mark.parametrize("call", WRITES)
def test_a_write_is_retried_only_if_it_certainly_did_not_happen(call: ApiRequest) -> None:
    assert wait(call, NEVER_LEFT)
    assert wait(call, answered(429))
    assert wait(call, answered(503, "1"))
    assert wait(call, answered(503), kind=BackendMaintenance)
    assert wait(call, answered(429), happened=None) is None
    assert wait(call, answered(503, "1"), happened=None) is None
    assert wait(call, answered(503), kind=BackendMaintenance, happened=None) is None
    assert wait(call, LOST) is None
    for status in (400, 404, 409, 412, 423, 500, 502, 503, 504):
        assert wait(call, answered(status)) is None
    for status in (500, 502, 504):
        assert wait(call, answered(status, "1")) is None


@pytest.mark.parametrize("call", [GET, TOKEN])
def test_a_repeatable_call_is_retried_a_few_times(call: ApiRequest) -> None:
    for outcome in (NEVER_LEFT, LOST, *(answered(status) for status in (500, 502, 503, 504))):
        waits = [wait(call, outcome, tries=tries) for tries in (1, 2, 3)]
        assert waits[2] is None
        assert 0.3 < waits[0] < 0.7 < waits[1] < 1.3
    for status in (400, 401, 403, 404, 412, 301):
        assert wait(call, answered(status)) is None


def test_patience_bounds_what_is_waited_for_a_429() -> None:
    left, tries = 60.0, 0
    while (pause := wait(GET, answered(429), tries=(tries := tries + 1), left=left)) is not None:
        left -= pause
    assert 0 <= left < 20
    assert tries < 15


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30),
        ("Fri, 02 Jan 2026 03:04:35 -0000", 30),
        ("Fri, 02 Jan 2026 12:04:35 +0900", 30),
        ("Thu, 01 Jan 2026 00:00:00 GMT", 0),
        ("Friday, 02-Jan-26 03:04:35 GMT", 30),
        ("999999999", 999999999),
        ("9" * 5000, float("inf")),
        ("-3", None),
        ("1.5", None),
        ("1e9", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 Jan 2026 03:04:35 GMT", None),
        ("Fri, 02 Jan 99999 03:04:35 GMT", None),
        ("x" * 100_000, None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(answered(429, header), NOW) == seconds


def test_a_retry_after_longer_than_patience_is_not_shortened() -> None:
    assert wait(GET, answered(429, "61")) is None
    assert wait(GET, answered(429, "60")) == 60
    assert wait(GET, answered(503, "9" * 400)) is None
    assert wait(GET, answered(429, "0")) > 0.3, "never a busy loop"


@pytest.mark.anyio
@pytest.mark.parametrize("header", ["7", "Fri, 02 Jan 2026 03:04:12 GMT"])
async def test_the_wait_that_was_asked_for_is_kept(server: Loopback, clock: FakeClock, header: str) -> None:
    server.on(route(SHOP), problem(429, "TOO_MANY_REQUESTS", Retry_After=header), answer(integration()))
    async with HttpObserver(config(server.url), clock) as observer:
        assert code_of((await collected(observer.observe([SHOP])))[SHOP]) is None
    assert clock.slept == [7]


@pytest.mark.anyio
async def test_an_absurd_wait_is_reported_and_not_followed(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), problem(429, "TOO_MANY_REQUESTS", Retry_After="999999999"))
    async with HttpObserver(config(server.url), clock) as observer:
        shop = (await collected(observer.observe([SHOP])))[SHOP]
    assert code_of(shop) == "throttled"
    assert reported(shop).endswith("it asks to wait 999999999 s, and the limit is 60 s")
    assert clock.slept == []


@pytest.mark.anyio
async def test_maintenance_with_an_end_in_sight(server: Loopback, clock: FakeClock) -> None:
    server.on(route(SHOP), problem(503, "MAINTENANCE", Retry_After="7200"))
    async with HttpObserver(config(server.url), clock) as observer:
        with pytest.raises(Unreachable, match="it asks to wait 7200 s") as raised:
            await collected(observer.observe([SHOP]))
    assert raised.value.retry_after == 7200
