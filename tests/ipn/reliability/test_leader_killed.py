"""Two sidecars over one PostgreSQL, and the one that processes is killed with SIGKILL again and again: with work in hand, and by
the mail server while it waits for an answer. Nothing is lost, each captured order is paid once, and each mail is sent once, for
captures, declined refunds, chargebacks and the charges of a 定期, of both APIs.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import anyio
import httpx
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.embedded import World
from reconciler.ipn.process.mail_sender import message_id
from reconciler.ports.inbox import MailState, MessageStatus, OutboxMail
from reconciler.ports.inbox_admin import InboxFilter, MailFilter
from tests.cli.conftest import command, environment
from tests.support.postgres import running
from tests.support.smtp_server import PostOffice, opened
from tests.support.sns_signer import (
    NOW,
    SELLER,
    TOPIC_PATTERN,
    Signer,
    capture_message,
    charge_message,
    chargeback_message,
    refund_message,
    stamp,
)

pytestmark = pytest.mark.anyio

SHOP = "kyoto-tea"
PATH = "/ipn/kyoto-tea"
GROUPS = 6
"""Of each: an order with a declined refund and a dispute, and an order of a 定期."""

_PORT = re.compile(r"127\.0\.0\.1:(\d+)")


@dataclass
class Sidecar:
    process: subprocess.Popen[str]
    port: int
    operators: int

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


@dataclass
class House:
    """What outlives the sidecars."""

    folder: Path
    inbox: str
    office: PostOffice
    sidecars: list[Sidecar] = field(default_factory=list)
    killed: int = 0

    @property
    def living(self) -> list[Sidecar]:
        return [each for each in self.sidecars if each.alive]

    def start(self) -> None:
        words = command("serve", "ipn", "--port", "0", "--ops-port", "0")
        log = self.folder / f"log-{len(self.sidecars)}"
        with log.open("w") as errors:
            process = subprocess.Popen(words, cwd=self.folder, env=environment(), stderr=errors, text=True)
        ports: list[str] = []
        while len(ports) < 2:
            assert process.poll() is None
            ports = _PORT.findall(log.read_text())[:2]
        self.sidecars.append(Sidecar(process, *map(int, ports)))

    async def leader(self) -> Sidecar:
        with anyio.fail_after(120):
            async with httpx.AsyncClient() as http:
                while True:  # another process does it, and has no bell for us
                    for each in self.living:
                        metrics = await http.get(f"http://127.0.0.1:{each.operators}/metrics")
                        if "\nreconciler_ipn_leads 1.0" in metrics.text:
                            return each
                    await anyio.sleep(0.1)

    def kill(self, sidecar: Sidecar) -> None:
        """At its first mail only: it may be sending several."""
        self.office.before_data = lambda: None
        os.kill(sidecar.process.pid, signal.SIGKILL)
        sidecar.process.wait()
        self.killed += 1

    async def post(self, bodies: Sequence[bytes]) -> None:
        """Each to every sidecar in turn, as Amazon repeats what it got no answer for, until one has it and once more."""
        turns = cycle(range(2))
        async with httpx.AsyncClient(timeout=20) as http:
            for body in [*bodies, *bodies]:
                status = 0
                while status != 200:
                    to = self.living[next(turns) % len(self.living)]
                    try:
                        status = (await http.post(f"http://127.0.0.1:{to.port}{PATH}", content=body)).status_code
                    except httpx.HTTPError:
                        continue
                    assert status in {200, 503}

    @contextmanager
    def admin(self) -> Iterator[StoreInboxAdmin]:
        store = open_store(self.inbox)
        try:
            yield StoreInboxAdmin(store)
        finally:
            store.close()

    async def quiet(self) -> None:
        with self.admin() as admin, anyio.fail_after(180):
            while True:
                counts = await admin.counts()
                open_ones = [counts.messages.get(each, 0) for each in (MessageStatus.WAITING, MessageStatus.PARKED)]
                if sum(open_ones) + counts.mails.get(MailState.OWED, 0) == 0:
                    return
                await anyio.sleep(0.1)

    async def mails(self) -> list[OutboxMail]:
        with self.admin() as admin:
            return list(await admin.mails(MailFilter(limit=1000)))


@asynccontextmanager
async def a_house(folder: Path, inbox: str) -> AsyncIterator[House]:
    orders = [
        order
        for number in range(GROUPS)
        for order in (
            {"orderNo": f"1{number:011}", "amazonOrderReferenceId": f"P03-0000000-{number:07}"},
            {"orderNo": f"2{number:011}", "amazonOrderReferenceId": f"B03-0000000-{number:07}", "type": "SUBSCRIPTION"},
        )
    ]
    identity = {
        "sellerId": SELLER,
        "notificationEmail": "pay@shop.example",
        "merchantSiteUrl": f"https://x.example{PATH}",
    }
    shops = [{"shopKey": SHOP, "amazonSettings": identity}]
    seed = {"shops": shops, "orders": [{"shopKey": SHOP, "totalAmount": "1000", **order} for order in orders]}
    (folder / "seed.json").write_text(json.dumps(seed))
    async with opened(PostOffice()) as office:
        mail = {"host": "127.0.0.1", "port": office.port, "security": "none", "hourly_per_shop": 1000}
        ipn = {"topics": [TOPIC_PATTERN], "certificates": "pinned", "inbox": inbox, "mail": mail}
        settings = {"embedded": {"seed": "seed.json"}, "pace": {"requests_per_second": 1000}, "ipn": ipn}
        (folder / "reconciler.yaml").write_text(json.dumps(settings))
        house = House(folder, inbox, office)
        try:
            yield house
        finally:
            for each in house.living:
                each.process.kill()


def happen(world: World, number: int) -> tuple[list[str], set[str]]:
    """What happens at Amazon to one group: its notifications, and the events that are due a mail."""
    now = datetime.now(UTC)
    order, reference = f"1{number:011}", f"P03-0000000-{number:07}"
    charge = world.merchant_captures(SHOP, order)
    captured = capture_message(capture=charge, amount="1000", updated=now)
    if number % 2:
        refund = world.merchant_refunds(SHOP, charge)
        world.amazon_turns(SHOP, refund, "Declined", "ProcessingFailure")
        refused = charge_message(refund, ObjectType="REFUND")
    else:
        refund = f"{reference}-R000001"
        refused = refund_message(refund=refund, state="Declined", reason="ProcessingFailure", updated=now)
    dispute = world.amazon_disputes(SHOP, charge)
    permission, of_permission = f"B03-0000000-{number:07}", f"P03-1111111-{number:07}-C000001"
    world.seed({"charges": [{"chargeId": of_permission, "shopKey": SHOP, "chargePermissionId": permission}]})
    messages = [
        captured,
        refused,
        charge_message(dispute, ObjectType="CHARGEBACK"),
        charge_message(of_permission, ChargePermissionId=permission),
    ]
    return messages, {f"refund:{refund}:Declined", f"chargeback:{dispute}:ActionRequired"}


async def check(house: House, posted: int, due: set[str]) -> None:
    with house.admin() as admin:
        entries = await admin.entries(InboxFilter(limit=1000))
    assert Counter(entry.status for entry in entries) == {MessageStatus.DONE: posted}, "nothing is lost"
    world = World.open(house.folder / ".reconciler" / "embedded.db")
    trail = Counter(
        change["field"].partition(".")[0]
        for change in world.changes(SHOP, limit=1000)
        if change["field"].endswith(".paymentStatus")
    )
    world.close()
    orders = [f"{kind}{number:011}" for kind in (1, 2) for number in range(GROUPS)]
    assert trail == dict.fromkeys(orders, 1), "each is paid exactly once"
    mails = await house.mails()
    assert {mail.mail.event for mail in mails} == due
    taken = Counter(name for name, _ in house.office.read)
    assert set(taken.values()) == {1}, "no mail is sent twice"
    interrupted = 0
    for mail in mails:
        sent = taken[message_id(mail.mail, "system@system.future-shop.net")]
        assert mail.state in {MailState.SENT, MailState.SENDING}
        interrupted += mail.state is MailState.SENDING
        assert sent == 1 or mail.state is MailState.SENDING
    assert interrupted >= 1, "that of the sidecar which the mail server killed becomes an alarm"


async def test_each_message_has_its_effect_once_whenever_the_leader_dies(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    signer = Signer(start=now - timedelta(days=1), end=now + timedelta(days=1))
    (tmp_path / "pinned").mkdir()
    (tmp_path / "pinned" / signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    with running() as cluster:
        async with a_house(tmp_path, cluster.fresh()) as house:
            house.start()
            house.start()
            world = World.open(tmp_path / ".reconciler" / "embedded.db")
            bodies: list[bytes] = []
            due = {"chargeback:C9EXAMPLE0001:RECEIVED"}
            older = chargeback_message(reference="P03-0000000-0000000").replace(stamp(NOW), stamp(now))
            for number in range(GROUPS):
                messages, events = happen(world, number)
                due |= events
                portion = [signer.body(each, published=now) for each in [*messages, *([] if number else [older])]]
                bodies += portion
                leader = await house.leader()
                if number % 3 == 1:  # killed by the mail server, which has read the text
                    house.office.before_data = lambda of=leader: house.kill(of)
                    await house.post(portion)
                    await anyio.to_thread.run_sync(leader.process.wait)
                else:
                    await house.post(portion)
                    if number % 3 == 0:  # killed with what was just posted
                        house.kill(leader)
                if not leader.alive:
                    house.start()
            world.close()
            await house.post(bodies)
            await house.quiet()
            for each in house.living:
                each.process.send_signal(signal.SIGTERM)
                assert each.process.wait(60) == 0
            await check(house, len(bodies), due)
            assert house.killed == 4
