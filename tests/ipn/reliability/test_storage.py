"""K. Our own faults: the disk, the certificate, the backend, our code. Amazon gets 503, retries, and succeeds."""

from dataclasses import replace
from datetime import timedelta

import anyio
import httpx
import pytest
from sqlalchemy import event

from reconciler.adapters.store.db.database import open_store
from reconciler.ipn.receive.request_limits import RequestLimits
from reconciler.ports.inbox import Inbox
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopsReadRecently
from reconciler.ports.signing_keys import KeyUnavailable
from tests.ipn.receiver_harness import IDENTITY, PATH, FrontDesk, House, lines_of, open_desk, served
from tests.support.sns_signer import Keys, Signer, capture_message

pytestmark = pytest.mark.anyio


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("limit", "lifted"), [("max_page_count=1", "max_page_count=1000000"), ("query_only=ON", "query_only=OFF")]
)
@pytest.mark.parametrize("good", [True, False])
async def test_k_a_disk_that_is_full_or_read_only_means_later_and_the_retry_is_kept(tmp_path, limit, lifted, good):
    """Copies of refused messages too: without them a bug of ours could lose a payment permanently."""
    open_store(tmp_path / "inbox.db").close()
    store = open_store(tmp_path / "inbox.db")
    store.close()
    said = [limit]
    event.listen(store._engine, "checkout", lambda raw, *_: raw.execute(f"PRAGMA {said[-1]}").close())
    desk = FrontDesk(store=store)
    body = desk.signer.body(capture_message(), MessageAttributes={"much": "x" * 60_000}) if good else b"x" * 60_000
    for _ in range(2):
        assert (await desk.post(body)).status_code == 503
    assert desk.counted("received_total") == {'{outcome="inbox-unavailable",status="503"}': 2}
    said.append(lifted)
    assert (await desk.post(body)).status_code == (200 if good else 400)
    assert len(await desk.entries()) == (1 if good else 0)
    assert len(desk.refused()) == (0 if good else 1)
    store.close()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("good", [True, False])
async def test_k_a_store_that_hangs_is_not_waited_for_longer_than_amazon_waits_and_the_retry_is_kept(tmp_path, good):
    desk = open_desk(tmp_path, limits=RequestLimits(whole=0.5))
    body = desk.signer.body(capture_message()) if good else b"x"
    with desk.store.writing(), anyio.fail_after(5):
        assert [(await desk.post(body)).status_code for _ in range(2)] == [503, 503]
    desk.limits = RequestLimits()
    del desk.front
    assert (await desk.post(body)).status_code == (200 if good else 400)
    assert len(await desk.entries()) == (1 if good else 0)
    assert len(desk.refused()) == (0 if good else 2)  # the copy that was being written was kept too
    desk.store.close()


@pytest.mark.usefixtures("log")
async def test_k_an_unavailable_certificate_means_later_and_is_requested_again(desk):
    desk.keys.pems[desk.signer.url] = KeyUnavailable("timeout")
    body = desk.signer.body(capture_message())
    assert (await desk.post(body)).status_code == 503
    desk.keys.pems[desk.signer.url] = desk.signer.pem
    desk.clock.advance(6)
    assert (await desk.post(body)).status_code == 200
    assert desk.refused() == []
    assert desk.counted("certificate_fetches_total") == {'{outcome="timeout"}': 1, '{outcome="got"}': 1}


@pytest.mark.usefixtures("log")
async def test_k_an_unreachable_backend_means_later(desk):
    desk.house.shops[PATH] = DirectoryUnavailable("away")
    assert (await desk.post()).status_code == 503
    assert '{outcome="directory-unavailable",status="503"}' in desk.counted("received_total")


@pytest.mark.usefixtures("log")
async def test_k_a_path_that_nobody_had_a_moment_ago_means_later_and_is_no_outage(desk):
    """Anyone can post to any path: that must not look as if the backend were away."""
    desk.house.shops["/wp-login.php"] = ShopsReadRecently("read a moment ago")
    assert (await desk.post(path="/wp-login.php")).status_code == 503
    assert list(desk.counted("received_total")) == ['{outcome="shops-read-recently",status="503"}']


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("fresh", "status"),
    [
        (IDENTITY, 200),
        (replace(IDENTITY, seller_id="A1ANOTHERSELLER"), 403),
        (DirectoryUnavailable("away"), 503),
        (None, 403),
    ],
)
@pytest.mark.parametrize("remembered", ["A1OLDSELLER0001", None])
async def test_k_no_one_is_refused_for_a_cached_seller_id(tmp_path, fresh, status, remembered):
    house = House(shops={PATH: replace(IDENTITY, seller_id=remembered)}, fresh={} if fresh is None else {PATH: fresh})
    desk = open_desk(tmp_path, house=house)
    expected = 503 if remembered is None and fresh is None else status
    assert (await desk.post()).status_code == expected
    assert house.asked == [(PATH, False), (PATH, True)]
    assert len(await desk.entries()) == (1 if status == 200 else 0)
    desk.store.close()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "chosen",
    [{"topics": ()}, {"house": House(shops={PATH: replace(IDENTITY, seller_id=None)})}],
    ids=["topics", "seller"],
)
async def test_k_what_is_not_configured_yet_means_later(tmp_path, chosen):
    desk = open_desk(tmp_path, **chosen)
    assert (await desk.post()).status_code == 503
    desk.store.close()


async def test_k_our_own_fault_means_later_and_is_reported_with_kind_and_place(desk, log):
    class Broken(Keys):
        async def pem(self, url: str) -> bytes:
            raise LookupError(f"something that was sent: {url}")

    desk.keys = Broken({})
    desk.__post_init__()
    assert (await desk.post()).status_code == 503
    (line,) = lines_of(log)
    assert (line["outcome"], line["level"]) == ("fault", "warning")
    assert line["why"].startswith("LookupError at ")
    assert "something" not in log.getvalue()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(minutes=-10), timedelta(days=-400)])
async def test_k_a_clock_of_ours_that_is_wrong_costs_no_message(desk, wrong):
    body = desk.signer.body(capture_message())
    desk.clock.advance(wrong.total_seconds())
    assert (await desk.post(body)).status_code == 503
    desk.clock.advance(-wrong.total_seconds())
    assert (await desk.post(body)).status_code == 200
    assert len(await desk.entries()) == 1


class Stuck(Inbox):
    """Never comes back from the disk."""

    async def keep(self, arrival):
        await anyio.sleep_forever()


@pytest.mark.usefixtures("log")
async def test_k_amazon_gets_a_response_in_time_also_if_something_hangs(tmp_path):
    desk = open_desk(tmp_path, inbox=Stuck(), limits=RequestLimits(whole=0.2))  # type: ignore[abstract]  # what is called
    with anyio.fail_after(10):
        assert (await desk.post()).status_code == 503
    assert desk.counted("received_total") == {'{outcome="too-slow",status="503"}': 1}
    desk.store.close()


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    "wrong", [Signer(name="evil.example"), Signer(bits=1024), Signer(which=7)], ids=["name", "weak", "key"]
)
async def test_k_only_errors_of_the_message_itself_are_refused_permanently(desk, wrong):
    desk.keys.pems[desk.signer.url] = wrong.pem
    assert (await desk.post()).status_code == 403
    assert len(desk.refused()) == 1


async def test_k_readiness_says_what_is_missing(desk, log):
    async with served(desk) as at, httpx.AsyncClient(base_url=at.operators_url) as http:
        printed = await http.get("/readyz")
        assert (printed.status_code, printed.text) == (200, "ok\n")
        desk.house.loaded = None
        printed = await http.get("/readyz")
        assert (printed.status_code, printed.text) == (503, "directory-unavailable\n")
        desk.house.loaded = 1
        with desk.store.writing() as connection:
            connection.exec_driver_sql("DROP TABLE ipn_messages")
        assert (await http.get("/readyz")).text == "inbox-unavailable\n"
        desk.closing.close()
        assert (await http.get("/readyz")).text == "closing\n"
        assert (await http.get("/healthz")).text == "ok\n"


async def test_k_a_failed_background_task_restarts_and_receiving_continues(desk, log):
    started = []

    async def fails() -> None:
        started.append(1)
        if len(started) < 3:
            raise LookupError("a secret")

    async with served(desk, backgrounds={"failing": fails}) as at, httpx.AsyncClient(base_url=at.url) as http:
        assert (await http.post(PATH, content=desk.signer.body(capture_message()))).status_code == 200
    assert len(started) == 3
    assert desk.counted("restarts_total") == {'{task="failing"}': 2}
    failed = [line for line in lines_of(log) if line["event"] == "background-failed"]
    assert [line["retry_in_seconds"] for line in failed] == [1.0, 2.0]
    assert "a secret" not in log.getvalue()


async def test_k_backgrounds_finish_what_they_have_in_hand_before_the_end(desk, log):
    printed = []

    async def works() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.lowlevel.checkpoint()
                printed.append("finished")

    async with served(desk, backgrounds={"working": works}):
        pass
    assert printed == ["finished"]


async def test_k_a_fault_before_the_message_is_even_read_means_later_too(desk, log):
    desk.house.shops[PATH] = LookupError("something that was remembered")
    assert (await desk.post()).status_code == 503
    assert [line["event"] for line in lines_of(log)] == ["internal-error"]
    assert "something" not in log.getvalue()
