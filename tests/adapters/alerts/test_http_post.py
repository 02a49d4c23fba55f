"""How alerts travel: certificates, proxies of the environment, and that no address with a token is logged."""

from __future__ import annotations

import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reconciler.adapters.alerts.http_post import HttpPost, PostAnswer
from reconciler.core.alerts.outcome import DeliveryProblem, Retry, SendRefused
from reconciler.core.alerts.words import DELIVERY_PROBLEMS
from tests.support.stub_http_server import Loopback, answer

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def certificate(tmp_path, *names: x509.GeneralName, ends: timedelta = timedelta(days=1)):
    """A key with a certificate that signs itself: who trusts it trusts it for its names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=9))
        .not_valid_after(today + ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "server.pem"
    file.write_bytes(pem)
    return file


@asynccontextmanager
async def encrypted(file) -> AsyncIterator[tuple[str, HttpPost]]:
    """A server with the certificate, and a client that trusts it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    async with Loopback(tls=context) as server, HttpPost(trust=ssl.create_default_context(cafile=str(file))) as http:
        server.on("POST /hook", answer(b"", 204, etag=None))
        yield f"https://127.0.0.1:{server.port}/hook", http


async def test_a_trusted_certificate_of_the_name(tmp_path):
    async with encrypted(certificate(tmp_path, x509.IPAddress(ipaddress.ip_address("127.0.0.1")))) as (url, http):
        outcome = await http.post(url, {}, b"", NOW)
        assert isinstance(outcome, PostAnswer)
        assert outcome.status == 204
        assert await http.connect(url) is None


async def test_a_certificate_of_another_name_is_refused(tmp_path):
    async with encrypted(certificate(tmp_path, x509.DNSName("elsewhere.example"))) as (url, http):
        outcome = await http.post(url, {}, b"", NOW)
        assert isinstance(outcome, SendRefused)
        assert outcome.error.problem is DeliveryProblem.UNTRUSTED
        assert await http.connect(url) == DELIVERY_PROBLEMS[DeliveryProblem.UNTRUSTED]


async def test_an_expired_certificate_may_be_renewed(tmp_path):
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    async with encrypted(certificate(tmp_path, address, ends=timedelta(days=-1))) as (url, http):
        outcome = await http.post(url, {}, b"", NOW)
        assert isinstance(outcome, Retry)
        assert outcome.error.problem is DeliveryProblem.UNTRUSTED


async def test_a_loopback_address_needs_no_proxy(server, http, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server.on("POST /hook", answer(b"", 200, etag=None))
    outcome = await http.post(f"{server.url}/hook", {}, b"", NOW)
    assert isinstance(outcome, PostAnswer)
    assert outcome.status == 200


async def test_another_host_is_reached_through_the_proxy(server, monkeypatch):
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.setenv("https_proxy", server.url)
    server.on("CONNECT ", answer(b"", 502, etag=None))
    async with HttpPost(within=5.0) as http:
        outcome = await http.post("https://alerts.example/tiny-s3cret", {}, b"", NOW)
        assert await http.connect("https://alerts.example/") is None
    assert isinstance(outcome, Retry)
    assert outcome.error.problem is DeliveryProblem.UNREACHABLE
    assert [(seen.method, seen.target) for seen in server.seen] == [("CONNECT", "alerts.example:443")]


async def test_a_host_without_proxy_is_reached_directly(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    monkeypatch.setenv("https_proxy", server.url)
    monkeypatch.setenv("NO_PROXY", "no-such-host.invalid")
    monkeypatch.setenv("no_proxy", "no-such-host.invalid")
    async with HttpPost(within=5.0) as http:
        await http.post("https://no-such-host.invalid/", {}, b"", NOW)
    assert server.seen == []


async def test_no_log_holds_an_address_or_a_header(server, caplog):
    caplog.set_level(logging.DEBUG)
    server.on("POST /tiny-s3cret", answer(b"", 200, etag=None))
    async with HttpPost() as http:
        await http.post(f"{server.url}/tiny-s3cret?key=tiny-s3cret", {"webhook-signature": "tiny-s3cret"}, b"", NOW)
    assert server.asked("POST /tiny-s3cret") == 1
    assert "tiny-s3cret" not in "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
