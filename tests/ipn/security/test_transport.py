"""A. Transport: any input, sent in any way, costs little, and a valid post is still processed."""

import gzip
import json
import sys
from contextlib import suppress

import anyio
import httpx
import pytest

from reconciler.ipn.receive.request_limits import RequestLimits
from reconciler.ports.inbox import MessageStatus
from reconciler.serving.http_protocol import LONGEST_HEAD
from tests.ipn.receiver_harness import PATH, everything, head, open_desk, served
from tests.support.sns_signer import capture_message
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("log")]

MIB = 1024 * 1024
QUICK = RequestLimits(body=0.3)


def genuine(desk, **chosen) -> bytes:
    return desk.signer.body(capture_message(), **chosen)


@pytest.fixture
def hasty(tmp_path):
    """Waits for a body for a moment only."""
    opened = open_desk(tmp_path, limits=QUICK)
    yield opened
    opened.store.close()


async def trickles(stream, drop: bytes) -> None:
    """Bit by bit until the other side has had enough; fails where it never has."""
    with anyio.fail_after(20), suppress(anyio.BrokenResourceError, anyio.EndOfStream):
        while True:
            await stream.send(drop)
            with anyio.move_on_after(0.02):
                await stream.receive()


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH"])
async def test_a_only_post_is_answered(desk, method):
    async with desk.client() as http:
        answer = await http.request(method, PATH, content=genuine(desk))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert await desk.entries() == []


async def test_a_the_log_has_what_was_refused_before_it_was_read(desk, log):
    async with desk.client() as http:
        await http.put(PATH, content=b"x")
        await http.post(PATH, content=b"x", headers={"content-encoding": "gzip"})
        await http.post(PATH, content=b"x" * (MIB + 1))
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["outcome"], line["status"]) for line in lines] == [
        ("method", 405),
        ("content-encoding", 415),
        ("too-large", 413),
    ]


@pytest.mark.parametrize(
    "path",
    ["/", "/amazon-pay", PATH + "/", PATH + "/x", "/amazon-pay/KYOTO-TEA", "/amazon-pay/kyoto%2Dtea", "//" + PATH[1:]],
)
async def test_a_a_path_that_is_not_exactly_a_shops_is_nobodys(desk, path):
    async with served(desk) as at:
        stream = await at.connect()
        body = genuine(desk)
        await stream.send(head(len(body), "Connection: close", path=path) + body)
        assert (await everything(stream)).startswith(b"HTTP/1.1 404 ")
    assert await desk.entries() == []


async def test_a_no_body_is_no_message(desk):
    assert (await desk.post(b"")).status_code == 400


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_a_mebibyte_is_read_and_a_byte_more_is_not(desk, chunked):
    async def some(size):
        for start in range(0, size, 65536):
            yield b"x" * min(65536, size - start)

    async with served(desk) as at, httpx.AsyncClient(base_url=at.url) as http:
        for size, status in ((MIB, 400), (MIB + 1, 413)):
            answer = await http.post(PATH, content=some(size) if chunked else b"x" * size)
            assert (size, answer.status_code) == (size, status)
    assert desk.refused() == ["not-json"]


async def test_a_a_body_declared_too_large_is_not_waited_for(desk):
    async with served(desk) as at:
        for length in (MIB + 1, "9" * 20):
            stream = await at.connect()
            await stream.send(head(length, "Connection: close"))
            assert (await everything(stream)).startswith(b"HTTP/1.1 413 ")


async def test_a_a_body_that_does_not_arrive_times_out_and_is_retried(hasty):
    async with served(hasty) as at:
        stream = await at.connect()
        await stream.send(head(100, "Connection: close") + b"{")
        with anyio.fail_after(8):
            assert (await everything(stream)).startswith(b"HTTP/1.1 503 ")
    assert hasty.refused() == []


async def test_a_a_slow_body_times_out_too(hasty):
    async with served(hasty, head=0.3) as at:
        stream = await at.connect()
        await stream.send(head(10_000))
        await trickles(stream, b" ")
    assert hasty.counted("received_total") == {'{outcome="slow-body",status="503"}': 1.0}


async def test_a_a_slow_head_times_out(desk):
    """One that never ends its head is not served, and must not hold a connection for ever."""
    async with served(desk, head=0.3) as at:
        stream = await at.connect()
        await stream.send(b"POST /amazon-pay/kyoto-tea HTTP/1.1\r\nHost: x\r\n")
        await trickles(stream, b"X-a: b\r\n")


@pytest.mark.parametrize("first", ["request line", "one header", "many headers"])
@pytest.mark.parametrize("parts", [1, 7])
async def test_a_a_head_of_16_kib_is_parsed_and_a_larger_one_is_not(desk, first, parts):
    """However it arrives: in one piece, or in several."""
    body = genuine(desk)
    for size, status in ((LONGEST_HEAD, 200 if first != "request line" else 404), (LONGEST_HEAD + 1, 400)):
        async with served(desk) as at:
            stream = await at.connect()
            content = head_of(size, first, len(body)) + body
            step = -(-len(content) // parts)
            with suppress(anyio.BrokenResourceError):
                for start in range(0, len(content), step):
                    await stream.send(content[start : start + step])
            assert (size, (await everything(stream))[:13]) == (size, b"HTTP/1.1 %d " % status)


def head_of(size: int, first: str, length: int) -> bytes:
    """Exactly this many bytes."""
    if first == "request line":
        fixed = head(length, "Connection: close", path=PATH + "/")
        return head(length, "Connection: close", path=PATH + "/" + "x" * (size - len(fixed)))
    fixed = head(length, "Connection: close", "X-a: ")
    if first == "one header":
        return head(length, "Connection: close", "X-a: " + "x" * (size - len(fixed)))
    count, rest = divmod(size - len(fixed), 6)
    return head(length, "Connection: close", "X-a: " + "x" * rest, *(["x: y"] * count))


@pytest.mark.parametrize(("lines", "decoded"), [(2_000, True), (10_000, False)])
async def test_a_no_line_of_a_head_that_is_too_large_is_parsed(desk, lines, decoded):
    """In one write. Every function of the parser that is called is written down."""
    called: set[str] = set()

    def note(frame, event, _argument):
        if event == "call" and "h11" in frame.f_code.co_filename:
            called.add(frame.f_code.co_name)

    async with served(desk) as at:
        stream = await at.connect()
        sys.setprofile(note)
        try:
            with suppress(anyio.BrokenResourceError):
                await stream.send(head(0, "Connection: close", *(["x: y"] * lines)))
            reported = await everything(stream)
        finally:
            sys.setprofile(None)
    assert reported.startswith(b"HTTP/1.1 400 ")
    assert ("_decode_header_lines" in called) is decoded
    assert desk.counted("received_total") == {
        '{outcome="not-json",status="400"}' if decoded else '{outcome="malformed",status="400"}': 1
    }


async def test_a_heads_on_one_connection_have_the_bound_each(desk):
    """Pipelined, and together larger than one may be."""
    body = genuine(desk)
    one = head_of(LONGEST_HEAD - 1000, "many headers", len(body)).replace(b"Connection: close\r\n", b"")
    async with served(desk) as at:
        stream = await at.connect()
        await stream.send((one + body) * 2 + head_of(LONGEST_HEAD, "one header", len(body)) + body)
        assert (await everything(stream)).count(b"HTTP/1.1 200 ") == 3


async def test_a_who_connects_and_says_nothing_is_sent_away(desk):
    async with served(desk, head=0.3) as at:
        assert await everything(await at.connect()) == b""


async def test_a_a_second_post_on_a_kept_connection_has_as_little_time_for_its_head(desk):
    async with served(desk, head=0.3) as at:
        stream = await at.connect()
        body = genuine(desk)
        await stream.send(head(len(body)) + body + b"POST ")
        reported = await everything(stream)
    assert reported.count(b"HTTP/1.1") == 1
    assert reported.startswith(b"HTTP/1.1 200 ")


async def test_a_what_is_no_http_is_counted_and_fills_no_log(desk, log):
    async with served(desk) as at:
        for _ in range(100):
            stream = await at.connect()
            await stream.send(b"nonsense\r\n\r\n")
            assert (await everything(stream)).startswith(b"HTTP/1.1 400 ")
    assert desk.counted("received_total") == {'{outcome="malformed",status="400"}': 100.0}
    assert "Invalid" not in log.getvalue()


async def test_a_a_body_shorter_than_declared_is_rejected(desk):
    async with served(desk) as at:
        stream = await at.connect()
        body = genuine(desk)
        await stream.send(head(len(body) + 1) + body)
        await stream.send_eof()
        await stream.aclose()
    assert await desk.entries() == []


async def test_a_bytes_after_the_declared_length_are_not_part_of_the_message(desk):
    async with served(desk) as at:
        stream = await at.connect()
        body = genuine(desk)
        await stream.send(head(len(body)) + body + b'{"Type":"Notification"}\r\n\r\n')
        reported = await everything(stream)
    assert reported.startswith(b"HTTP/1.1 200 ")
    assert reported.count(b"HTTP/1.1 400 ") == 1
    assert [entry.arrival.body for entry in await desk.entries()] == [b""]  # one
    assert (await desk.catalogue.entry(1)).arrival.body == body


@pytest.mark.parametrize("lengths", [("10", "12"), ("-1",), ("1e3",), ("0x10",)])
async def test_a_lengths_that_contradict_or_are_none_are_refused_by_the_server(desk, lengths):
    async with served(desk) as at:
        stream = await at.connect()
        more = [f"Content-Length: {length}" for length in lengths[1:]]
        await stream.send(head(lengths[0], *more) + b"{}")
        assert (await everything(stream)).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-unknown"])
async def test_a_nothing_is_decompressed(desk, coding):
    answer = await desk.post(gzip.compress(genuine(desk)), headers={"Content-Encoding": coding})
    assert answer.status_code == 415
    assert await desk.entries() == []


async def test_a_chunks_are_read(desk):
    async def some():
        body = genuine(desk)
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    async with served(desk) as at, httpx.AsyncClient(base_url=at.url) as http:
        assert (await http.post(PATH, content=some())).status_code == 200
    assert len(await desk.entries()) == 1


@pytest.mark.parametrize(
    "kind", ["text/plain; charset=UTF-8", "application/json", "application/x-www-form-urlencoded", None]
)
async def test_a_the_declared_type_does_not_matter(desk, kind):
    answer = await desk.post(genuine(desk), headers={} if kind is None else {"Content-Type": kind})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-amz-sns-message-type": "SubscriptionConfirmation"},
        {"x-amz-sns-topic-arn": "arn:aws:sns:us-east-1:1:evil", "x-amz-sns-message-id": "other"},
        {"X-AMZ-SNS-Message-Type": "Notification", "User-Agent": "curl"},
    ],
)
async def test_a_headers_are_not_signed_and_decide_nothing(desk, headers):
    assert (await desk.post(genuine(desk), headers=headers)).status_code == 200
    (entry,) = await desk.entries()
    assert (entry.arrival.kind, entry.status) == ("PaymentCapture", MessageStatus.WAITING)


async def test_a_a_raw_delivery_has_no_signature_and_is_refused(desk):
    answer = await desk.post(genuine(desk), headers={"X-Amz-Sns-Rawdelivery": "true"})
    assert answer.status_code == 400
    assert desk.refused() == ["raw-delivery"]


async def test_a_a_good_post_gets_through_a_thousand_bad_ones(desk):
    """All of them open at once: half rubbish, half genuine but for a bit of the signature, some that never finish their body."""
    answers: list[int] = []
    forged = genuine(desk).replace(b'"Signature": "', b'"Signature": "AAAA')
    ready, go = anyio.CapacityLimiter(1000), anyio.Event()

    async def bad(at, number: int) -> None:
        async with ready:
            stream = await at.connect()
            body = forged if number % 2 else b"{" * 5000
            await stream.send(head(len(body) + (number % 10 == 0), "Connection: close"))
            await go.wait()
            await stream.send(body)
            if number % 10:
                answers.append(int((await everything(stream)).split(b" ")[1]))
            else:
                await stream.aclose()

    async with served(desk) as at, httpx.AsyncClient(base_url=at.url) as http:
        async with anyio.create_task_group() as group:
            for number in range(1000):
                group.start_soon(bad, at, number)
            await until(lambda: ready.borrowed_tokens >= 1000)
            go.set()
            with anyio.fail_after(15):  # as long as Amazon waits
                good = await http.post(PATH, content=genuine(desk), timeout=15)
        assert good.status_code == 200
    assert set(answers) == {400, 403}
    assert len(answers) == 900
    assert len(await desk.entries()) == 1


async def test_a_large_bodies_hold_up_each_other_and_no_genuine_post(tmp_path):
    desk = open_desk(tmp_path, limits=RequestLimits(together=MIB))
    async with served(desk) as at, httpx.AsyncClient(base_url=at.url) as http:
        streams = [await at.connect() for _ in range(3)]
        for stream in streams:
            await stream.send(head(MIB) + b"x" * (MIB // 2 + 65536))
        assert (await streams[2].receive()).startswith(b"HTTP/1.1 503 ")
        assert '{outcome="overloaded",status="503"}' in desk.counted("received_total")
        assert (await http.post(PATH, content=genuine(desk))).status_code == 200
        for stream in streams:
            await stream.aclose()
    assert (await desk.post(b"x" * MIB)).status_code == 400  # what was held was given back
    desk.store.close()


async def test_a_what_is_on_its_way_when_it_closes_is_answered_with_later_and_what_was_read_is_kept(tmp_path):
    """The rest of the body never comes; closing does not wait for it."""
    desk = open_desk(tmp_path, limits=RequestLimits(body=60, whole=60))
    async with served(desk) as at:
        stream = await at.connect()
        await stream.send(head(100) + b"{")
        async with httpx.AsyncClient(base_url=at.url) as http:
            assert (await http.post(PATH, content=genuine(desk))).status_code == 200
        at.server.should_exit = True
        with anyio.fail_after(10):
            assert (await everything(stream)).startswith(b"HTTP/1.1 503 ")
    assert len(await desk.entries()) == 1
    assert desk.counted("received_total")['{outcome="closing",status="503"}'] == 1
    desk.store.close()


async def test_a_the_operators_face_is_not_on_the_worlds_port_nor_the_other_way(desk):
    async with served(desk) as at, httpx.AsyncClient() as http:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await http.get(at.operators_url + path)).status_code == 200
            assert (
                await http.get(at.url + path, headers={"Host": f"127.0.0.1:{at.operators_port}"})
            ).status_code == 405
            assert (await http.post(at.url + path, content=b"{}")).status_code == 404
        assert (await http.post(at.operators_url + PATH, content=genuine(desk))).status_code == 404
    assert await desk.entries() == []
