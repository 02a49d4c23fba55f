"""F. Certificates over the network: what a host may answer, and that nothing is followed, waited for or remembered."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from cryptography.hazmat.primitives import serialization

from reconciler.adapters.sns.certificates import MAX_BYTES, FetchedCertificates, PinnedCertificates
from reconciler.ipn.receive.certificate_cache import BACK_OFF, CertificateCache
from reconciler.ipn.verify.envelope import EnvelopePolicy, read
from reconciler.ports.signing_keys import KeyUnavailable
from tests.ipn.certificate_host import Rerouted, certificate_host
from tests.ipn.receiver_harness import lines_of, open_desk
from tests.support.sns_signer import NOW, REGION, TOPIC, Signer, capture_message, certificate_url
from tests.support.stub_http_server import Loopback, answer, raw, silence

pytestmark = pytest.mark.anyio

SIGNER = Signer()
GET = f"GET /SimpleNotificationService-{0:032x}.pem"


@asynccontextmanager
async def amazon(*sayings, within: float = 5.0):
    async with certificate_host(within=within) as (keys, server, transport):
        server.on(GET, *sayings)
        yield keys, server, transport


async def why(keys) -> str:
    with pytest.raises(KeyUnavailable) as unavailable, anyio.fail_after(4):
        await keys.pem(SIGNER.url)
    return unavailable.value.reason


async def test_f_the_served_certificate_is_returned():
    async with amazon(answer(SIGNER.pem)) as (keys, server, _):
        assert await keys.pem(SIGNER.url) == SIGNER.pem
        assert server.last.headers["accept-encoding"] == "identity"
        assert not {"cookie", "authorization"} & set(server.last.headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f_a_redirect_is_not_followed(status):
    evil = answer(SIGNER.pem, status, Location="https://evil.example/x.pem")
    async with amazon(evil) as (keys, server, transport):
        assert await why(keys) == "status"
        assert transport.hosts == [f"sns.{REGION}.amazonaws.com"]
        assert len(server.seen) == 1


@pytest.mark.parametrize("status", [201, 204, 206, 400, 403, 404, 429, 500, 503])
async def test_f_only_200_counts_and_nothing_is_requested_twice(status):
    async with amazon(answer(SIGNER.pem, status)) as (keys, server, _):
        assert await why(keys) == "status"
        assert len(server.seen) == 1


async def test_f_500_twice_and_then_200_is_got_at_the_third_post_and_no_failure_is_remembered(tmp_path, log):
    async with amazon(answer(b"", 500), answer(b"", 500), answer(SIGNER.pem)) as (keys, server, _):
        desk = open_desk(tmp_path, keys=keys, signer=SIGNER)
        body = SIGNER.body(capture_message())
        statuses = []
        for _ in range(4):
            statuses.append((await desk.post(body)).status_code)
            desk.clock.advance(6)
        assert statuses == [503, 503, 200, 200]
        assert len(server.seen) == 3
        desk.store.close()


async def test_f_a_host_that_says_nothing_is_not_waited_for():
    async with amazon(silence, within=0.1) as (keys, _, _):
        assert await why(keys) == "timeout"


async def test_f_a_host_that_trickles_is_not_waited_for():
    async def trickles(_seen, writer):
        writer.write(b"HTTP/1.1 200 x\r\nContent-Length: 10000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with amazon(trickles, within=0.2) as (keys, _, _):
        assert await why(keys) == "timeout"


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 10 * 1024 * 1024])
async def test_f_more_than_a_certificate_is_not_read_on(size):
    async with amazon(answer(b"x" * size)) as (keys, _, _):
        assert await why(keys) == "too-large"


async def test_f_chunks_without_end_are_not_read_on():
    async def endless(_seen, writer):
        writer.write(b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    async with amazon(endless) as (keys, _, _):
        assert await why(keys) == "too-large"


async def test_f_as_much_as_is_allowed_is_got():
    async with amazon(answer(b"x" * MAX_BYTES)) as (keys, _, _):
        assert len(await keys.pem(SIGNER.url)) == MAX_BYTES


async def test_f_nothing_is_decompressed():
    async with amazon(answer(SIGNER.pem, Content_Encoding="gzip")) as (keys, _, _):
        assert await why(keys) == "status"


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\nabc"])
async def test_f_a_broken_connection_is_reported(said):
    async with amazon(raw(said)) as (keys, _, _):
        assert await why(keys) == "unreachable"


async def test_f_an_unreachable_host_is_reported():
    async with amazon() as (_, server, _):
        url = server.url
    async with FetchedCertificates(Rerouted(url)) as keys:
        assert await why(keys) == "unreachable"


async def test_f_the_environment_names_no_proxy_and_no_password(monkeypatch, tmp_path):
    """A proxy of the environment would be a host that is not Amazon's."""
    (tmp_path / "netrc").write_text("default login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with Loopback() as proxy:
        for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with FetchedCertificates(within=2) as keys:
            assert await why_at(keys, "https://127.0.0.1:9/x.pem") == "unreachable"
        assert proxy.seen == []


async def why_at(keys, url: str) -> str:
    with pytest.raises(KeyUnavailable) as unavailable:
        await keys.pem(url)
    return unavailable.value.reason


@asynccontextmanager
async def over_tls(host: Signer, folder, content: bytes):
    """A server with the signer's own certificate for its name."""
    (folder / "host.pem").write_bytes(
        host.pem
        + host.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "host.pem")

    async def serve(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(
                b"HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content)
            )
            await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize(
    ("name", "trusted", "got"), [("localhost", True, True), ("evil.example", True, False), ("localhost", False, False)]
)
async def test_f_the_host_is_identified_by_its_tls_certificate(tmp_path, name, trusted, got):
    """An encrypted connection need not be Amazon's: the name and the authority are checked."""
    now = datetime.now(UTC)
    host = Signer(name=name, self_signed=True, use=None, start=now - timedelta(days=1), end=now + timedelta(days=1))
    async with over_tls(host, tmp_path, SIGNER.pem) as base:
        context = ssl.create_default_context()
        if trusted:
            context.load_verify_locations(cadata=host.pem.decode())
        async with FetchedCertificates(Rerouted(base, context)) as keys:
            if got:
                assert await keys.pem(SIGNER.url) == SIGNER.pem
            else:
                assert await why(keys) == "unreachable"


async def test_f_ten_thousand_addresses_grow_no_memory_and_ask_without_bound_for_nothing(desk, log):
    """Each names a certificate that does not exist. A bounded number is requested per minute, and the valid one stays cached."""
    assert (await desk.post()).status_code == 200
    body = desk.signer.body(capture_message())
    genuine = read(body, {}, now=desk.clock.now(), rules=EnvelopePolicy(topics=frozenset({TOPIC})))
    for mark in range(1, 10_001):
        with pytest.raises(KeyUnavailable):
            await desk.ring.certificate_for(replace(genuine, certificate_url=certificate_url(mark=mark)))
    assert len(desk.keys.asked) <= 31
    assert held(desk.ring) <= 200
    address = body.replace(certificate_url(mark=0).encode(), certificate_url(mark=10_001).encode())
    assert (await desk.post(address)).status_code == 503
    assert (await desk.post()).status_code == 200


def held(ring: CertificateCache) -> int:
    return sum(len(value) for value in vars(ring).values() if hasattr(value, "__len__"))


# A folder instead of the network.


async def test_f_pinned_certificates_are_in_a_folder_under_their_own_name(tmp_path):
    keys = PinnedCertificates(tmp_path)
    with pytest.raises(KeyUnavailable, match="not-pinned"):
        await keys.pem(SIGNER.url)
    (tmp_path / SIGNER.url.rpartition("/")[2]).write_bytes(SIGNER.pem)
    assert await keys.pem(SIGNER.url) == SIGNER.pem
    assert await keys.pem(SIGNER.url.replace(REGION, "us-east-1")) == SIGNER.pem


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/../secret.pem",
        "/secret.pem",
        f"/x/SimpleNotificationService-{0:032x}.pem",
        f"/SimpleNotificationService-{0:032x}.pem%00",
    ],
)
async def test_f_no_address_leads_out_of_the_folder(tmp_path, path):
    (tmp_path / "secret.pem").write_bytes(b"secret")
    (tmp_path / "pinned").mkdir()
    (tmp_path / "pinned" / "secret.pem").write_bytes(b"secret")
    assert (
        await why_at(PinnedCertificates(tmp_path / "pinned"), f"https://sns.{REGION}.amazonaws.com{path}")
        == "not-pinned"
    )


async def test_f_a_pinned_file_that_is_huge_or_no_file_is_none(tmp_path):
    name = tmp_path / SIGNER.url.rpartition("/")[2]
    name.write_bytes(b"x" * (MAX_BYTES + 1))
    assert await why(PinnedCertificates(tmp_path)) == "too-large"
    name.unlink()
    name.mkdir()
    assert await why(PinnedCertificates(tmp_path)) == "not-pinned"


WRONG = {
    "self-signed": Signer(self_signed=True),
    "weak": Signer(bits=1024),
    "of another name": Signer(name="evil.example"),
    "ended": Signer(end=NOW - timedelta(days=1)),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_f_a_wrong_pinned_certificate_is_our_fault_and_its_correction_needs_no_restart(tmp_path, log, wrong):
    desk = open_desk(tmp_path, keys=PinnedCertificates(tmp_path), signer=SIGNER, pinned=True)
    name = tmp_path / SIGNER.url.rpartition("/")[2]
    name.write_bytes(WRONG[wrong].pem)
    assert (await desk.post()).status_code == 503
    assert desk.refused() == []
    name.write_bytes(SIGNER.pem)
    desk.clock.advance(BACK_OFF.total_seconds())
    assert (await desk.post()).status_code == 200
    desk.store.close()


async def test_f_a_corrected_pinned_certificate_counts_without_a_restart(tmp_path, log):
    desk = open_desk(tmp_path, keys=PinnedCertificates(tmp_path), signer=SIGNER, pinned=True)
    name = tmp_path / SIGNER.url.rpartition("/")[2]
    name.write_bytes(Signer(which=5).pem)
    assert (await desk.post()).status_code == 403
    name.write_bytes(SIGNER.pem)
    desk.clock.advance(BACK_OFF.total_seconds())
    assert (await desk.post()).status_code == 200
    desk.store.close()


async def test_f_addresses_that_are_not_pinned_keep_out_none_that_is(tmp_path, log):
    desk = open_desk(tmp_path, keys=PinnedCertificates(tmp_path), signer=SIGNER, pinned=True)
    (tmp_path / SIGNER.url.rpartition("/")[2]).write_bytes(SIGNER.pem)
    body = SIGNER.body(capture_message())
    for mark in range(1, 100):
        forged = body.replace(SIGNER.url.encode(), certificate_url(mark=mark).encode())
        assert (await desk.post(forged)).status_code == 503
    assert (await desk.post(body)).status_code == 200
    first = next(line for line in lines_of(log) if line["event"] == "received")
    assert (first["why"], first["certificate"]) == ("not-pinned", certificate_url(mark=1))
    desk.store.close()
