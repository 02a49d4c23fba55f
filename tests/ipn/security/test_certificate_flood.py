"""F. A stranger who knows a shop's path and topic names certificates that do not exist: genuine messages still get in.

Everything a stranger writes here is public or made up: the SellerId, hence the TopicArn, and any address of the pinned form. The
certificate host is a real server on loopback; the clock is the test's.
"""

import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.ipn.receive.fetch_budget import BURST, PER_SECOND_AGAIN, REMEMBERED, REPEAT, FetchBudget
from reconciler.ipn.receive.kept_certificates import MOST
from tests.ipn.certificate_host import certificate_host
from tests.ipn.receiver_harness import FrontDesk, lines_of, open_desk
from tests.support.manual_clock import HandClock
from tests.support.sns_signer import NOW, TOPIC, Signer, capture_message, certificate_url
from tests.support.stub_http_server import Loopback, answer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("log")]

OLD, NEW = Signer(mark=1), Signer(mark=2, which=1)
A_SECOND = 20
"""Junk posts per second."""

SNS_RETRIES = 20
"""Seconds from one delivery of Amazon SNS to the next; there are four."""


def path(signer: Signer) -> str:
    return f"GET /{signer.url.rpartition('/')[2]}"


def kept(folder: Path) -> Path:
    return folder / "signing-certificates"


@asynccontextmanager
async def receiver(folder: Path, *signers: Signer) -> AsyncIterator[tuple[FrontDesk, Loopback]]:
    async with certificate_host() as (keys, server, _):
        for signer in signers:
            server.on(path(signer), answer(signer.pem))
        desk = open_desk(folder, keys=keys, signer=signers[0], kept=kept(folder))
        await desk.ring.load()
        yield desk, server
        desk.store.close()


class Stranger:
    def __init__(self, desk: FrontDesk) -> None:
        self._desk = desk
        self._body = OLD.body(capture_message())
        self._named = 1000

    async def floods(self, seconds: int) -> None:
        """Each post names another address."""
        for _ in range(seconds * A_SECOND):
            self._named += 1
            forged = self._body.replace(OLD.url.encode(), certificate_url(mark=self._named).encode())
            assert (await self._desk.post(forged)).status_code == 503
            self._desk.clock.advance(1 / A_SECOND)


async def deliveries(desk: FrontDesk, stranger: Stranger, signer: Signer) -> list[int]:
    """As Amazon SNS delivers a message, under the flood: until it is accepted, four times at most."""
    body = signer.body(capture_message())
    statuses: list[int] = []
    await stranger.floods(7)  # it was there before
    while len(statuses) < 4 and 200 not in statuses:
        await stranger.floods(SNS_RETRIES)
        statuses.append((await desk.post(body)).status_code)
    return statuses


async def test_a_cold_start_under_a_flood_keeps_no_genuine_message_out(tmp_path):
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await deliveries(desk, Stranger(desk), OLD))[-1] == 200


async def test_the_yearly_new_certificate_is_found_under_a_flood(tmp_path):
    async with receiver(tmp_path, OLD, NEW) as (desk, _):
        assert (await desk.post(OLD.body(capture_message()))).status_code == 200
        assert (await deliveries(desk, Stranger(desk), NEW))[-1] == 200
        assert (await desk.post(OLD.body(capture_message()))).status_code == 200


async def test_a_known_certificate_needs_no_request_after_a_restart(tmp_path):
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await desk.post()).status_code == 200
    async with receiver(tmp_path, OLD) as (desk, server):
        stranger = Stranger(desk)
        await stranger.floods(7)
        requests = len(server.seen)
        assert (await desk.post()).status_code == 200
        assert len(server.seen) == requests


async def test_a_known_address_is_requested_under_a_flood_when_its_file_is_spoilt(tmp_path, log):
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await desk.post()).status_code == 200
    (file,) = kept(tmp_path).iterdir()
    file.write_bytes(OLD.pem[:-100])
    async with receiver(tmp_path, OLD) as (desk, server):
        assert ignored(log) == [(file.name, "not-one-certificate")]
        assert desk.counted("certificate_files_total") == {'{outcome="ignored"}': 1}
        await Stranger(desk).floods(7)
        assert (await desk.post()).status_code == 200
        assert server.asked(path(OLD)) == 1
    assert file.read_bytes() == OLD.pem


def ignored(log) -> list[tuple[str, str]]:
    return [(line["file"], line["reason"]) for line in lines_of(log) if line["event"] == "certificate-file-ignored"]


WRONG_CONTENT = {
    "empty": (b"", "not-one-certificate"),
    "two certificates": (OLD.pem * 2, "not-one-certificate"),
    "another name": (Signer(name="evil.example").pem, "certificate-wrong-name"),
    "weak": (Signer(bits=1024).pem, "certificate-weak-key"),
    "self-signed": (Signer(self_signed=True).pem, "certificate-self-signed"),
    "not for signing": (Signer(use=False).pem, "certificate-wrong-use"),
    "too large": (b"x" * (64 * 1024 + 1), "too-large"),
}


@pytest.mark.parametrize("wrong", WRONG_CONTENT)
async def test_a_kept_certificate_is_checked_like_a_fetched_one(tmp_path, log, wrong):
    content, reason = WRONG_CONTENT[wrong]
    kept(tmp_path).mkdir(mode=0o700)
    file = kept(tmp_path) / name_of(OLD)
    file.write_bytes(content)
    file.chmod(0o600)
    async with receiver(tmp_path, OLD) as (desk, server):
        assert ignored(log) == [(file.name, reason)]
        assert (await desk.post()).status_code == 200
        assert server.asked(path(OLD)) == 1


def name_of(signer: Signer) -> str:
    return f"{signer.region}.{signer.url.rpartition('-')[2]}"


async def test_a_certificate_of_another_region_in_a_file_of_this_one_is_ignored(tmp_path, log):
    kept(tmp_path).mkdir(mode=0o700)
    file = kept(tmp_path) / f"ap-east-1.{0:032x}.pem"
    file.write_bytes(OLD.pem)
    file.chmod(0o600)
    async with receiver(tmp_path, OLD):
        assert ignored(log) == [(file.name, "certificate-wrong-name")]


@pytest.mark.parametrize("name", ["notes.pem", f"nowhere-1.{0:032x}.pem", f"us-east-1.{0:031x}.pem"])
async def test_a_file_that_was_not_kept_by_the_sidecar_is_ignored_and_stays(tmp_path, log, name):
    kept(tmp_path).mkdir(mode=0o700)
    (kept(tmp_path) / name).write_bytes(OLD.pem)
    (kept(tmp_path) / name).chmod(0o600)
    async with receiver(tmp_path, OLD):
        assert ignored(log) == [(name, "name")]
    assert (kept(tmp_path) / name).read_bytes() == OLD.pem


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no such permissions here")
@pytest.mark.parametrize("whose", ["file", "folder"])
async def test_what_others_may_write_is_ignored(tmp_path, log, whose):
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await desk.post()).status_code == 200
    (file,) = kept(tmp_path).iterdir()
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(kept(tmp_path).stat().st_mode)) == (0o600, 0o700)
    (file if whose == "file" else kept(tmp_path)).chmod(0o777)
    async with receiver(tmp_path, OLD):
        assert ignored(log) == [(file.name, "permissions")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("what", ["pipe", "link", "folder"])
async def test_what_is_no_file_is_ignored_and_not_waited_for(tmp_path, log, what):
    kept(tmp_path).mkdir(mode=0o700)
    (tmp_path / "elsewhere").write_bytes(OLD.pem)
    file = kept(tmp_path) / name_of(OLD)
    {"pipe": os.mkfifo, "folder": os.mkdir, "link": lambda link: link.symlink_to(tmp_path / "elsewhere")}[what](file)
    async with receiver(tmp_path, OLD):
        assert ignored(log) == [(file.name, "unreadable")]


async def test_a_folder_that_cannot_be_written_costs_no_message(tmp_path, log):
    kept(tmp_path).write_text("a file in its place")
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await desk.post()).status_code == 200
        assert desk.counted("certificate_files_total") == {'{outcome="not-written"}': 1}
    assert "certificate-not-kept" in log.getvalue()


async def test_a_forged_message_keeps_no_certificate(tmp_path):
    """The address is genuine, the signature is not."""
    async with receiver(tmp_path, OLD) as (desk, _):
        forged = OLD.body(capture_message()).replace(b'"Message": "{', b'"Message": " {')
        assert (await desk.post(forged)).status_code == 403
        assert not kept(tmp_path).exists()


async def test_a_message_of_a_strangers_own_topic_keeps_no_certificate(tmp_path):
    """SNS signs for everyone: only our topics vouch for an address."""
    own = TOPIC.replace("291180941288", "123456789012")
    async with receiver(tmp_path, OLD) as (desk, _):
        assert (await desk.post(replace(OLD, topic=own).body(capture_message()))).status_code in {403, 503}
        assert not kept(tmp_path).exists()
        assert (await desk.post()).status_code == 200
        assert (await desk.post(replace(OLD, topic=own, mark=1).body(capture_message()))).status_code in {403, 503}
    assert [file.name for file in kept(tmp_path).iterdir()] == [name_of(OLD)]


async def test_the_certificates_that_end_last_are_kept(tmp_path):
    signers = [Signer(mark=mark, end=NOW + timedelta(days=100 + mark)) for mark in range(MOST + 3)]
    async with receiver(tmp_path, *signers) as (desk, _):
        for signer in reversed(signers):
            assert (await desk.post(signer.body(capture_message()))).status_code == 200
    assert sorted(file.name for file in kept(tmp_path).iterdir()) == sorted(name_of(one) for one in signers[3:])


def test_made_up_addresses_that_come_again_are_requested_within_a_bound():
    clock = HandClock()
    budget = FetchBudget(clock)
    made_up = [certificate_url(mark=mark) for mark in range(1000)]
    for url in made_up:
        budget.take(url)
    clock.advance(REPEAT)
    assert sum(budget.take(url) for url in made_up) == BURST
    clock.advance(1)
    assert sum(budget.take(url) for url in made_up) == PER_SECOND_AGAIN


def test_the_memory_of_addresses_is_bounded():
    budget = FetchBudget(HandClock())
    for mark in range(REMEMBERED + 1000):
        budget.take(certificate_url(mark=mark))
    assert len(budget._named) == REMEMBERED
