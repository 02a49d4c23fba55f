"""Checklist F: which certificates are trusted, for how long, and the effect of a wrong or missing one.

What the HTTP fetcher does with redirects, statuses, sizes and time is tested where the fetcher is.
"""

import base64
from datetime import timedelta

import anyio
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.receive.certificate_cache import BACK_OFF, CertificateCache
from reconciler.ipn.receive.fetch_budget import BURST
from reconciler.ipn.verify import certificate, signature
from reconciler.ipn.verify.certificate import NotOneCertificate
from reconciler.ipn.verify.envelope import Envelope
from reconciler.ipn.verify.reasons import CertificateProblem, Refused, RejectReason
from reconciler.ports.signing_keys import KeyUnavailable
from tests.ipn.verify_pipeline import SIGNER, accept, read, refused
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import NOW, Keys, Signer, as_body, certificate_url

NAME = "sns.amazonaws.com"
DAY = timedelta(days=1)


def refused_for(signer: Signer) -> RejectReason:
    return refused(signer.notification("x"), signer=signer)


# What is inside a certificate


def test_f_a_good_certificate_is_accepted_through_a_proxy_that_writes_crlf_too():
    accept(SIGNER.notification("x"))
    assert certificate.read(SIGNER.pem.replace(b"\n", b"\r\n")) == certificate.read(SIGNER.pem)


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "sns.amazonaws.com.evil.example",
        "SNS.amazonaws.com",
        "sns-signing.ap-northeast-1.amazonaws.com",
        "*.amazonaws.com",
    ],
)
def test_f_another_name_is_refused(name):
    assert refused_for(Signer(name=name)) is RejectReason.WRONG_NAME


def test_f_the_name_must_be_in_both_places():
    assert refused_for(Signer(name="evil.example", san=(NAME,))) is RejectReason.WRONG_NAME
    assert refused_for(Signer(name=NAME, san=("evil.example",))) is RejectReason.WRONG_NAME
    assert refused_for(Signer(name=NAME, san=None)) is RejectReason.WRONG_NAME
    accept(Signer(san=("other.example", NAME)).notification("x"), signer=Signer(san=("other.example", NAME)))


def test_f_the_name_of_an_opt_in_region_is_that_regions():
    topic = "arn:aws:sns:ap-east-1:291180941288:x"
    rules = type(read.__kwdefaults__["rules"])(topics=frozenset({topic}))
    its_own = Signer(name="sns-signing.ap-east-1.amazonaws.com", region="ap-east-1", topic=topic)
    accept(its_own.notification("x"), signer=its_own, rules=rules)
    classic = Signer(region="ap-east-1", topic=topic)
    assert refused(classic.notification("x"), signer=classic, rules=rules) is RejectReason.WRONG_NAME


def test_f_a_key_of_1024_bits_is_too_weak():
    assert refused_for(Signer(bits=1024)) is RejectReason.WEAK_KEY


def test_f_a_certificate_that_is_not_for_signing_is_refused_and_one_that_does_not_say_is_not():
    assert refused_for(Signer(use=False)) is RejectReason.WRONG_USE
    silent = Signer(use=None)
    accept(silent.notification("x"), signer=silent)


def test_f_a_right_name_on_a_certificate_that_is_its_own_issuer_is_refused():
    assert refused_for(Signer(self_signed=True)) is RejectReason.SELF_SIGNED


def test_f_a_certificate_counts_when_it_was_valid_at_the_message_and_not_now():
    expired_since = Signer(end=NOW - 2 * DAY)
    published_then = expired_since.notification("x", published=NOW - 3 * DAY)
    accept(published_then, signer=expired_since)
    assert refused_for(expired_since) is RejectReason.NOT_VALID_THEN
    assert refused_for(Signer(start=NOW + DAY)) is RejectReason.NOT_VALID_THEN


def test_f_expiry_and_a_wrong_certificate_are_distinguished_from_forgery():
    words = {
        RejectReason.NOT_VALID_THEN,
        RejectReason.WRONG_NAME,
        RejectReason.WEAK_KEY,
        RejectReason.SELF_SIGNED,
        RejectReason.BAD_SIGNATURE,
    }
    assert {word.status for word in words} == {403}
    assert len({word.value for word in words}) == 5


GARBAGE = {
    "empty": b"",
    "html": b"<!doctype html><title>503</title>",
    "wrapped in XML": b"<xml><value>" + SIGNER.pem + b"</value></xml>",
    "text before": b"hello\n" + SIGNER.pem,
    "text after": SIGNER.pem + b"hello\n",
    "two of them": SIGNER.pem + Signer(mark=1).pem,
    "the same twice": SIGNER.pem * 2,
    "DER": SIGNER.der,
    "cut off": SIGNER.pem[:-200],
    "an EC key": Signer(elliptic=True).pem,
    "a public key": SIGNER.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
    "a private key": SIGNER.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ),
    "base64 of nothing": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "not base64": b"-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----\n",
    "ten MiB": b"-----BEGIN CERTIFICATE-----\n" + b"A" * 10 * 2**20,
}


@pytest.mark.parametrize("what", GARBAGE)
def test_f_what_is_not_exactly_one_rsa_certificate_is_none(what):
    with pytest.raises(NotOneCertificate):
        certificate.read(GARBAGE[what])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")  # damage may make it negative
@given(st.binary(max_size=300), st.integers(min_value=0, max_value=len(SIGNER.der) - 1), st.binary(max_size=4))
def test_f_law_a_damaged_certificate_is_read_or_is_none_and_nothing_else(noise, where, patch):
    der = SIGNER.der[:where] + patch + SIGNER.der[where + len(patch) :]
    armed = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    for pem in (noise, armed):
        try:
            certificate.check(certificate.read(pem), NAME)
        except (NotOneCertificate, Refused):
            continue


# The key ring


def envelope_of(signer: Signer, **more: object) -> Envelope:
    return read(as_body(signer.notification("x", **more)))


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.mark.anyio
async def test_f_a_certificate_is_requested_once(clock):
    keys = Keys({SIGNER.url: SIGNER.pem})
    ring = CertificateCache(keys, clock)
    for _ in range(100):
        envelope = envelope_of(SIGNER)
        signature.verify_signature(envelope, await ring.certificate_for(envelope))
    assert keys.asked == [SIGNER.url]


@pytest.mark.anyio
async def test_f_fifty_at_once_ask_once(clock):
    keys = SlowKeys({SIGNER.url: SIGNER.pem})
    ring = CertificateCache(keys, clock)
    found = []

    async def ask() -> None:
        found.append(await ring.certificate_for(envelope_of(SIGNER)))

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask)
        await keys.asking.wait()
        keys.answer.set()
    assert len(found) == 50
    assert keys.asked == [SIGNER.url]


@pytest.mark.anyio
async def test_f_fifty_at_once_on_an_address_that_fails_ask_once(clock):
    keys = SlowKeys({})
    ring = CertificateCache(keys, clock)
    reasons = []

    async def ask() -> None:
        with pytest.raises(KeyUnavailable) as unavailable:
            await ring.certificate_for(envelope_of(SIGNER))
        reasons.append(unavailable.value.reason)

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask)
        await keys.asking.wait()
        keys.answer.set()
    assert reasons == ["status"] * 50
    assert keys.asked == [SIGNER.url]


@pytest.mark.anyio
async def test_f_one_who_gives_up_does_not_take_the_others_along(clock):
    keys = SlowKeys({SIGNER.url: SIGNER.pem})
    ring = CertificateCache(keys, clock)
    found = []

    async def ask() -> None:
        found.append(await ring.certificate_for(envelope_of(SIGNER)))

    async with anyio.create_task_group() as patient:
        async with anyio.create_task_group() as impatient:
            impatient.start_soon(ask)
            await keys.asking.wait()
            patient.start_soon(ask)
            impatient.cancel_scope.cancel()
        keys.answer.set()
    assert len(found) == 1


@pytest.mark.anyio
async def test_f_a_failure_is_believed_for_seconds_and_then_asked_again(clock):
    """500, 500, then 200."""
    keys = Keys({SIGNER.url: KeyUnavailable("status")})
    ring = CertificateCache(keys, clock)
    for _ in range(2):
        for _ in range(20):
            with pytest.raises(KeyUnavailable, match="status"):
                await ring.certificate_for(envelope_of(SIGNER))
        clock.advance(BACK_OFF.total_seconds())
    assert len(keys.asked) == 2
    keys.pems[SIGNER.url] = SIGNER.pem
    await ring.certificate_for(envelope_of(SIGNER))
    clock.advance(86400)
    await ring.certificate_for(envelope_of(SIGNER))
    assert len(keys.asked) == 3


@pytest.mark.anyio
@pytest.mark.parametrize("what", GARBAGE)
async def test_f_garbage_from_the_pinned_host_is_our_trouble_and_is_not_remembered(clock, what):
    keys = Keys({SIGNER.url: GARBAGE[what]})
    ring = CertificateCache(keys, clock)
    with pytest.raises(KeyUnavailable) as unavailable:
        await ring.certificate_for(envelope_of(SIGNER))
    assert unavailable.value.reason == CertificateProblem.NOT_ONE_CERTIFICATE
    keys.pems[SIGNER.url] = SIGNER.pem
    clock.advance(BACK_OFF.total_seconds())
    await ring.certificate_for(envelope_of(SIGNER))


@pytest.mark.anyio
async def test_f_a_whole_but_wrong_certificate_is_refused_and_not_kept(clock):
    weak = Signer(bits=1024)
    keys = Keys({weak.url: weak.pem})
    ring = CertificateCache(keys, clock)
    for _ in range(20):
        with pytest.raises(Refused) as refusal:
            await ring.certificate_for(envelope_of(weak))
        assert refusal.value.ground is RejectReason.WEAK_KEY
    assert len(keys.asked) == 1
    clock.advance(BACK_OFF.total_seconds())
    keys.pems[weak.url] = SIGNER.pem
    await ring.certificate_for(envelope_of(weak))


@pytest.mark.anyio
async def test_f_validity_is_judged_for_each_message_and_a_message_too_late_spoils_nothing(clock):
    ended = Signer(end=NOW - 2 * DAY)
    keys = Keys({ended.url: ended.pem})
    ring = CertificateCache(keys, clock)
    for _ in range(2):
        with pytest.raises(Refused) as refusal:
            await ring.certificate_for(envelope_of(ended))
        assert refusal.value.ground is RejectReason.NOT_VALID_THEN
        await ring.certificate_for(envelope_of(ended, published=NOW - 3 * DAY))
    assert len(keys.asked) == 1


@pytest.mark.anyio
async def test_f_the_certificate_may_change_in_the_middle(clock):
    old, new = Signer(mark=1, end=NOW + DAY), Signer(mark=2, which=1)
    keys = Keys({old.url: old.pem, new.url: new.pem})
    ring = CertificateCache(keys, clock)
    for signer in (old, new, old, new):
        envelope = envelope_of(signer)
        signature.verify_signature(envelope, await ring.certificate_for(envelope))
    assert keys.asked == [old.url, new.url]


@pytest.mark.anyio
async def test_f_a_thousand_addresses_neither_fill_the_memory_nor_ask_without_bound(clock):
    keys = Keys({SIGNER.url: SIGNER.pem})
    ring = CertificateCache(keys, clock, size=8)
    await ring.certificate_for(envelope_of(SIGNER))
    for mark in range(1, 1_001):
        with pytest.raises(KeyUnavailable):
            await ring.certificate_for(envelope_of(Unsigned(mark=mark)))
    assert len(keys.asked) == BURST
    assert len(ring._failed) <= 8
    assert ring._turns == {}
    await ring.certificate_for(envelope_of(SIGNER))  # what was good is as quick as before
    assert len(keys.asked) == BURST
    clock.advance(60)
    with pytest.raises(KeyUnavailable, match="status"):
        await ring.certificate_for(envelope_of(Unsigned(mark=1_001)))


@pytest.mark.anyio
async def test_f_the_ring_keeps_the_certificates_used_last(clock):
    signers = [Signer(mark=mark) for mark in range(4)]
    keys = Keys({signer.url: signer.pem for signer in signers})
    ring = CertificateCache(keys, clock, size=2)
    for mark in (0, 1, 0, 2, 0, 3, 0):
        await ring.certificate_for(envelope_of(signers[mark]))
    assert keys.asked == [signer.url for signer in signers]


class SetBack(HandClock):
    """Its time of day is set back by an hour at once; a second passes in between."""

    passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def set_back(self) -> None:
        self.advance(-3600)
        self.passed += 1


@pytest.mark.anyio
async def test_f_a_clock_that_is_set_back_does_not_shut_the_gates():
    clock, keys = SetBack(), Keys({})
    ring = CertificateCache(keys, clock, size=8)
    for mark in range(BURST):
        with pytest.raises(KeyUnavailable, match="status"):
            await ring.certificate_for(envelope_of(Unsigned(mark=mark)))
    clock.set_back()
    with pytest.raises(KeyUnavailable, match="status"):
        await ring.certificate_for(envelope_of(Unsigned(mark=BURST - 1), published=clock.now()))
    assert len(keys.asked) == BURST + 1


class Unsigned(Signer):
    """Names a certificate and signs nothing: what it takes to make a receiver ask."""

    def signature(self, text: bytes, version: str = "1") -> str:
        return "AAAA" * 86

    def __post_init__(self) -> None:
        self.url = certificate_url(self.region, self.mark + 1_000_000)


class SlowKeys(Keys):
    """Answers when the test lets it."""

    def __init__(self, pems: dict[str, bytes | Exception]) -> None:
        super().__init__(pems)
        self.asking = anyio.Event()
        self.answer = anyio.Event()

    async def pem(self, url: str) -> bytes:
        self.asking.set()
        await self.answer.wait()
        return await super().pem(url)
