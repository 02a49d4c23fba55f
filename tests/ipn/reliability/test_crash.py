"""Checklist K: the sidecar is killed with SIGKILL, a real process, at every step between the first byte and the effect.

What was not answered 200 is delivered again, as Amazon would. What was answered 200 must not be lost, each captured order must be
paid exactly once by the backend's own trail, and no failure mailed twice. In `make test` each step is met once with some seventy
messages; in `make soak` each is met again and again, in a random order and at a random turn, until a thousand messages and more
are through.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import pytest
from structlog.testing import capture_logs

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.adapters.smtp import SmtpMailer
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.core.values import ShopKey
from reconciler.embedded import World
from reconciler.ipn.process.mail_sender import MailSender, SenderOptions
from reconciler.ipn.telemetry.observer import NullObserver
from reconciler.ports.inbox import MailState, MessageStatus
from reconciler.ports.inbox_admin import InboxFilter, MailFilter
from reconciler.ports.shop_directory import ShopIdentity
from tests.ipn.crash_child_process import POINTS
from tests.ipn.worker_harness import OneShop, StillClock
from tests.support.postgres import running
from tests.support.smtp_server import PostOffice, opened
from tests.support.sns_signer import TOPIC_PATTERN, Signer, capture_message

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
SHOP = "kyoto-tea"
PATH = "/amazon-pay/kyoto-tea"
ADDRESS = "pay@shop.example"
TWICE = {"outbox:before": 2, "outbox:after": 2}
"""Steps that one mail takes two times: on its way to SENDING, and to SENT."""

DATA = "data"
"""Killed by the mail server, so to say: when it has read the text and before it answers."""

Deaths = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Message:
    id: str
    body: bytes
    reference: str
    failure: bool


@dataclass
class House:
    """Everything outside of the process that is killed."""

    folder: Path
    zygote: subprocess.Popen[str]
    office: PostOffice
    messages: list[Message]
    inbox: str
    answered: Counter[str] = field(default_factory=Counter)
    ends: Counter[int] = field(default_factory=Counter)
    killed_at: Counter[str] = field(default_factory=Counter)
    _at_once: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(16))

    async def live(self, messages: Sequence[Message], point: str = "", nth: int = 1) -> list[Message]:
        """One life of the sidecar, killed or not; those that were not answered 200 in it."""
        order = {"folder": str(self.folder), "point": "" if point == DATA else point, "nth": nth}
        await anyio.to_thread.run_sync(self._tell, json.dumps(order) + "\n")
        pid, port = (await self._reported())["pid"], (await self._reported())["port"]
        self.office.before_data = (lambda: os.kill(pid, signal.SIGKILL)) if point == DATA else (lambda: None)
        left = list(messages)
        async with anyio.create_task_group() as group:
            group.start_soon(self._post_all, port, left)
            group.start_soon(self._end_when_done, pid, left)
            ended = (await self._reported())["ended"]
            group.cancel_scope.cancel()
        self.ends[ended] += 1
        self.killed_at[point] += ended == -signal.SIGKILL
        return left

    async def _post_all(self, port: int, left: list[Message]) -> None:
        async with (
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http,
            anyio.create_task_group() as group,
        ):
            for message in tuple(left):
                group.start_soon(self._post, http, message, left)

    async def _post(self, http: httpx.AsyncClient, message: Message, left: list[Message]) -> None:
        """As Amazon does: again after a 503, and once the sidecar lives again where nothing was answered."""
        status = 503
        while status == 503:
            try:
                async with self._at_once:
                    status = (await http.post(PATH, content=message.body)).status_code
            except httpx.HTTPError:
                return
        assert status == 200
        self.answered[message.id] += 1
        left.remove(message)

    async def _end_when_done(self, pid: int, left: list[Message]) -> None:
        while left or not await self._is_quiet():  # noqa: ASYNC110  # another process does it, and has no bell for us
            await anyio.sleep(0.05)
        os.kill(pid, signal.SIGTERM)

    async def _is_quiet(self) -> bool:
        with self.catalogue() as catalogue:
            counts = await catalogue.counts()
        waiting = counts.messages.get(MessageStatus.WAITING, 0) + counts.messages.get(MessageStatus.PARKED, 0)
        return waiting == 0 and counts.mails.get(MailState.OWED, 0) == 0

    @contextmanager
    def catalogue(self) -> Iterator[StoreInboxAdmin]:
        with self.store() as store:
            yield StoreInboxAdmin(store)

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = open_store(self.inbox if "://" in self.inbox else self.folder / self.inbox)
        try:
            yield store
        finally:
            store.close()

    async def give_up_interrupted(self) -> list[str]:
        """A sender of a later time makes a round; the mails that it gives up, by the log."""
        settings = MailSettings(host="127.0.0.1", port=self.office.port, security="none")
        later = StillClock()
        later.advance(seconds=(datetime.now(UTC) - later.now()).total_seconds() + 180)
        with self.store() as store, capture_logs() as logged:
            sender = MailSender(
                outbox=StoreOutbox(store),
                mailer=SmtpMailer(settings, None, later),
                sender=SenderOptions(address=settings.sender, name=settings.sender_name, hourly=10_000),
                directory=OneShop(ShopIdentity(shop=ShopKey(SHOP), site_url=None, seller_id=None, email=ADDRESS)),
                clock=later,
                watch=NullObserver(),
            )
            await sender.send_due()
        return sorted(line["event_key"] for line in logged if line["log_level"] == "error" and line["alarm"])

    def _tell(self, line: str) -> None:
        assert self.zygote.stdin is not None
        self.zygote.stdin.write(line)
        self.zygote.stdin.flush()

    async def _reported(self) -> dict[str, int]:
        assert self.zygote.stdout is not None
        try:
            with anyio.fail_after(60):
                line = await anyio.to_thread.run_sync(self.zygote.stdout.readline, abandon_on_cancel=True)
        except TimeoutError:
            self.zygote.kill()  # else the thread that reads waits for ever, and the test with it
            raise
        reported: dict[str, int] = json.loads(line)
        return reported


def make_messages(signer: Signer, count: int) -> tuple[list[dict[str, str]], list[Message]]:
    """Of five orders three are captured whole, one in two parts, and of one the capture fails. Some are published twice."""
    now = datetime.now(UTC)
    orders: list[dict[str, str]] = []
    messages: list[Message] = []

    def tell(reference: str, number: int, amount: str, state: str, times: int) -> None:
        message = capture_message(
            capture=f"{reference}-C{number:06}", amount=amount, state=state, updated=now, reason=None
        )
        for _ in range(times):
            fields = signer.notification(message, published=now)
            body = json.dumps(fields, ensure_ascii=False).encode()
            messages.append(Message(str(fields["MessageId"]), body, reference, state == "Declined"))

    while len(messages) < count:
        index = len(orders)
        reference = f"P03-0000000-{index:07}"
        orders.append(
            {"orderNo": f"{index:012}", "shopKey": SHOP, "amazonOrderReferenceId": reference, "totalAmount": "1000"}
        )
        if index % 5 == 4:
            tell(reference, 1, "1000", "Declined", times=2 if index % 2 else 1)
        elif index % 5 == 3:
            tell(reference, 1, "400", "Completed", times=1)
            tell(reference, 2, "600", "Completed", times=1)
        else:
            tell(reference, 1, "1000", "Completed", times=2 if index % 7 == 0 else 1)
    return orders, messages


def zygote_process() -> subprocess.Popen[str]:
    environment = os.environ | {"LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "tests.ipn.crash_child_process"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@asynccontextmanager
async def a_house(folder: Path, count: int, inbox: str = ".reconciler/inbox.db") -> AsyncIterator[House]:
    now = datetime.now(UTC)
    signer = Signer(start=now - timedelta(days=1), end=now + timedelta(days=1))
    orders, messages = make_messages(signer, count)
    amazon = {
        "sellerId": "A1EXAMPLE234567",
        "notificationEmail": ADDRESS,
        "merchantSiteUrl": f"https://x.example{PATH}",
    }
    (folder / "seed.json").write_text(
        json.dumps({"shops": [{"shopKey": SHOP, "amazonSettings": amazon}], "orders": orders})
    )
    (folder / "pinned").mkdir()
    (folder / "pinned" / signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    async with opened(PostOffice()) as office:
        (folder / "reconciler.yaml").write_text(
            "embedded: {seed: seed.json}\npace: {requests_per_second: 1000}\nipn:\n"
            f'  topics: ["{TOPIC_PATTERN}"]\n  certificates: pinned\n  inbox: "{inbox}"\n'
            f"  mail: {{host: 127.0.0.1, port: {office.port}, security: none, hourly_per_shop: 10000}}\n"
        )
        with zygote_process() as zygote:
            yield House(folder, zygote, office, messages, inbox)
            assert zygote.stdin is not None
            zygote.stdin.close()


async def survive(house: House, deaths: Deaths) -> None:
    """The messages in as many portions as there are deaths, and a last life without one."""
    left: list[Message] = []
    size = -(-len(house.messages) // len(deaths))
    for number, (point, nth) in enumerate(deaths):
        portion = house.messages[number * size : (number + 1) * size]
        left = await house.live([*left, *portion], point, nth)
    with anyio.fail_after(120):
        assert await house.live(left) == []
    # and, as Amazon may, all of it once more
    with anyio.fail_after(120):
        assert await house.live(house.messages) == []
    await check(house)


async def check(house: House) -> None:
    assert set(house.answered) == {message.id for message in house.messages}
    with house.catalogue() as catalogue:
        entries = {entry.arrival.message_id: entry for entry in await catalogue.entries(InboxFilter(limit=100_000))}
        mails = {each.mail.event: each.state for each in await catalogue.mails(MailFilter(limit=100_000))}
    assert {entries[message.id].status for message in house.messages} == {MessageStatus.DONE}, "nothing is lost"
    world = World.open(house.folder / ".reconciler" / "embedded.db")
    trail = Counter(
        change["field"].partition(".")[0]
        for change in world.changes(SHOP, limit=100_000)
        if change["field"].endswith(".paymentStatus")
    )
    world.close()
    captured = {message.reference for message in house.messages if not message.failure}
    assert trail == {f"{int(reference[-7:]):012}": 1 for reference in captured}, "each is paid exactly once"
    failed = {f"capture:{message.reference}-C000001:Declined" for message in house.messages if message.failure}
    interrupted = sorted(event for event, state in mails.items() if state is MailState.SENDING)
    before = len(house.office.taken)
    assert await house.give_up_interrupted() == interrupted, "each mail without an end is an alarm"
    assert len(house.office.taken) == before, "and none of them is sent again"
    delivered = Counter(next(iter(mail.get_content().split("Amazon ID: ")[1].split())) for mail in house.office.taken)
    assert set(mails) == failed, "each failure is reported, and nothing else"
    for event, state in mails.items():
        assert state in {MailState.SENT, MailState.SENDING, MailState.UNKNOWN}
        times = delivered[event.split(":")[1]]
        assert times == 1 if state is MailState.SENT else times <= 1, "no mail is doubled"


async def test_k_killed_at_each_step_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    deaths = [(point, TWICE.get(point, 1)) for point in POINTS] + [(point, 1) for point in TWICE] + [(DATA, 1)]
    async with a_house(tmp_path, 3 * len(deaths)) as house:
        await survive(house, deaths)
    assert house.ends[-signal.SIGKILL] == len(deaths), "each point was reached"
    assert house.ends[0] == 2, "and SIGTERM ends it well"


async def test_k_killed_around_each_mail_over_postgresql_none_is_doubled_and_each_stuck_one_is_an_alarm(
    tmp_path: Path,
) -> None:
    around = [(point, nth) for point in ("outbox:before", "outbox:after") for nth in (1, 2)]
    deaths = [*around, ("mail:before", 1), ("mail:after", 1), (DATA, 1)]
    with running() as cluster:
        async with a_house(tmp_path, 10 * len(deaths), cluster.fresh()) as house:
            await survive(house, deaths)
    assert house.ends[-signal.SIGKILL] == len(deaths), "each point was reached"


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
async def test_k_killed_at_each_step_again_and_again_a_thousand_messages_come_through(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    deaths = [(point, chance.randint(1, 4)) for point in (*POINTS, DATA) for _ in range(6)]
    chance.shuffle(deaths)
    async with a_house(tmp_path, 1000) as house:
        await survive(house, deaths)
    kills = house.ends[-signal.SIGKILL]
    print(
        f"\nseed {seed}: {len(house.messages)} messages of {len({each.reference for each in house.messages})} orders, ",
        end="",
    )
    print(
        f"{sum(house.answered.values())} times answered 200, {len(house.office.taken)} mails, {kills} kills: ", end=""
    )
    print(", ".join(f"{point} {house.killed_at[point]}" for point in (*POINTS, DATA)))
    assert len(house.messages) >= 1000
    assert kills > len(deaths) / 2
    assert {point for point in (*POINTS, DATA) if not house.killed_at[point]} == set(), "each step was met"
