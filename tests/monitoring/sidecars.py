"""Running sidecars in the states that alerts are about, and what Prometheus reads from each.

Each is `reconciler serve ipn` as a process, with the embedded backend, an inbox on SQLite, pinned certificates of a test key and
a real mail server. What a state needs (an old message, another leader, a damaged inbox) is made in its store.
"""

from __future__ import annotations

import http.client
import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
from aiosmtpd.smtp import SMTP, Envelope, Session
from anyio.from_thread import start_blocking_portal

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.adapters.store.runs.leases import StoreLeases
from reconciler.core.values import ShopKey
from reconciler.ipn.runtime.leader_election import WORK
from reconciler.ports import RunInfo
from reconciler.ports.inbox import Completion, MessageStatus, ReceivedMessage
from tests.cli.conftest import command, environment
from tests.monitoring.series import Scrape, scrape
from tests.support.smtp_server import PostOffice, opened
from tests.support.sns_signer import (
    TOPIC_PATTERN,
    Signer,
    agreement_message,
    authorization_message,
    capture_message,
    chargeback_message,
    order_reference_message,
    refund_message,
    v1_message,
)

SELLERS = {"kyoto-tea": "A1EXAMPLE234567", "uji-cups": "A1EXAMPLE234568", "nara-ink": "A1EXAMPLE234569"}
ADDRESSES = {"kyoto-tea": "gone@kyoto-tea.example", "uji-cups": None, "nara-ink": "later@nara-ink.example"}
TEA = ShopKey("kyoto-tea")
AGREEMENT = "B03-1442027-5744374"
MISSING_TOPIC = f"arn:aws:sns:us-west-2:291180941288:A2MISSINGCODE{SELLERS['kyoto-tea']}"
FOREIGN_TOPIC = f"arn:aws:sns:us-west-2:111111111111:A31YDYE76E6TCP{SELLERS['kyoto-tea']}"
PATIENCE = 90.0
DAY = timedelta(days=1)


class _TwoMailboxes(PostOffice):
    """One refuses permanently, the other for now."""

    async def handle_RCPT(self, server: SMTP, _s: Session, envelope: Envelope, address: str, _o: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        return "550 5.1.1 no such user" if address.startswith("gone@") else "450 4.2.1 come again"


def reference(number: int) -> str:
    return f"P03-0772540-{number:07d}"


def capture_id(number: int) -> str:
    return f"{reference(number)}-C000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    port: int
    operators_port: int
    signer: Signer
    process: subprocess.Popen[str]

    def post(self, message: str, shop: str = "kyoto-tea", *, topic: str | None = None, ahead: int = 0) -> int:
        """The status of the answer. `ahead` are the seconds that it is published in the future."""
        published = datetime.now(UTC) + timedelta(seconds=ahead)
        topic = topic or TOPIC_PATTERN.replace("{seller_id}", SELLERS[shop])
        body = self.signer.body(message, published=published, version="2", TopicArn=topic)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", f"/ipn/{shop}", body, {"x-amz-sns-message-type": "Notification"})
        status = connection.getresponse().status
        connection.close()
        return status

    def scrape(self) -> Scrape:
        return scrape(self.operators_port)

    def scrape_when(self, ready: Callable[[Scrape], bool]) -> Scrape:
        """The first scrape that shows it; fails where none does."""
        until = time.monotonic() + PATIENCE
        while not ready(found := self.scrape()):
            assert time.monotonic() < until, sorted(
                name for name in found.samples or {} if found.samples[name] != "0.0"
            )
            time.sleep(0.2)
        return found


@contextmanager
def sidecar(folder: Path, *, end: timedelta = 90 * DAY) -> Iterator[Sidecar]:
    """`end` is when its one pinned certificate ends, from now."""
    now = datetime.now(UTC)
    signer = Signer(start=now - 200 * DAY, end=now + end)
    (folder / "pinned").mkdir(exist_ok=True)
    (folder / "pinned" / signer.url.rpartition("/")[2]).write_bytes(signer.pem)
    words = command("serve", "ipn", "--port", "0", "--ops-port", "0")
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(words, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True) as process,
    ):
        assert process.stderr is not None
        ports = [int(process.stderr.readline().partition("127.0.0.1:")[2].partition("/")[0]) for _ in range(2)]
        try:
            yield Sidecar(port=ports[0], operators_port=ports[1], signer=signer, process=process)
        finally:
            process.send_signal(signal.SIGKILL)
            log.write(process.stderr.read())


def write_project(folder: Path, mail_port: int | None = None) -> None:
    folder.mkdir()
    shops = [
        {
            "shopKey": shop,
            "amazonSettings": {
                "sellerId": seller,
                "merchantSiteUrl": f"https://ipn.platform.example/ipn/{shop}",
                "notificationEmail": ADDRESSES[shop],
            },
        }
        for shop, seller in SELLERS.items()
    ]
    numbers = {"kyoto-tea": range(1, 13), "uji-cups": range(20, 21), "nara-ink": range(30, 31)}
    orders = [
        {"orderNo": f"1000{number:04d}", "shopKey": shop, "amazonOrderReferenceId": reference(number)}
        for shop, of_shop in numbers.items()
        for number in of_shop
    ]
    orders[5]["amazonOrderReferenceId"] = AGREEMENT
    missed = {"chargeId": capture_id(12), "shopKey": TEA, "chargePermissionId": reference(12)}
    (folder / "world.json").write_text(json.dumps({"shops": shops, "orders": orders, "charges": [missed]}))
    ipn: dict[str, object] = {"topics": [TOPIC_PATTERN], "certificates": "pinned", "inbox": "inbox.db"}
    if mail_port is not None:
        ipn["mail"] = {"host": "127.0.0.1", "port": mail_port, "security": "none", "sender": "ipn@platform.example"}
    (folder / "reconciler.yaml").write_text(json.dumps({"embedded": {"seed": "world.json"}, "ipn": ipn}))


@contextmanager
def inbox(folder: Path) -> Iterator[Store]:
    store = open_store(folder / "inbox.db")
    try:
        yield store
    finally:
        store.close()


def arrival(number: int, ago: timedelta) -> ReceivedMessage:
    """A message that a sidecar received so long ago: of a capture whose order nobody knows."""
    received = datetime.now(UTC) - ago
    message = capture_message(capture=capture_id(number), amount="1000", updated=received)
    return ReceivedMessage(
        message_id=f"00000000-0000-4000-8000-{number:012d}",
        shop=TEA,
        published=received,
        received=received,
        kind="PaymentCapture",
        object_id=capture_id(number),
        lane=reference(number),
        status=MessageStatus.WAITING,
        body=Signer().body(message),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Before and after a bad day of payments, and after the sidecar was killed."""

    before: Scrape
    after: Scrape
    killed: Scrape


def busy(folder: Path) -> Busy:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opened(_TwoMailboxes())) as office:
        write_project(folder, office.port)
        with sidecar(folder) as running:
            before = running.scrape_when(lambda found: found.value("leads") == 1)
            with inbox(folder) as store:
                anyio.run(_without_order_for_hours, store)
            _bad_day(running)
            after = running.scrape_when(_all_of_it)
        return Busy(before=before, after=after, killed=running.scrape())


async def _without_order_for_hours(store: Store) -> None:
    """Tried so often that it becomes an alarm the next time."""
    queue, now = StoreWorkQueue(store, SystemClock()), datetime.now(UTC)
    await StoreInbox(store).keep(arrival(98, timedelta(hours=3)))
    parked = Completion(status=MessageStatus.PARKED, reason="unknown-order", at=now, next_try=now)
    for _ in range(7):
        await queue.complete(1, parked)


def _bad_day(running: Sidecar) -> None:
    now = datetime.now(UTC)
    stop = {"state": "Pending", "reason": "StopShipmentAtypicalAuth"}
    authorization = {"authorization": f"{reference(4)}-A000001", "state": "Closed", "reason": "ExpiredUnused"}
    for message in (
        refund_message(refund=f"{reference(1)}-R000001", state="Declined", reason="AmazonRejected"),
        chargeback_message(reference(2)),
        capture_message(capture=capture_id(3), updated=now, **stop),
        authorization_message(**authorization),
        order_reference_message(reference(5), "Suspended", "InvalidPaymentMethod"),
        agreement_message(AGREEMENT, "Canceled", "BuyerCanceled"),
        capture_message(capture=capture_id(7), amount="1200", updated=now),
        v1_message("PaymentCapture", "<CaptureNotification"),
        capture_message(capture=capture_id(99), amount="1000", updated=now),
    ):
        assert running.post(message) == 200
    for shop, number in (("uji-cups", 20), ("nara-ink", 30)):
        declined = {"state": "Declined", "reason": "AmazonRejected", "SellerId": SELLERS[shop]}
        assert running.post(capture_message(capture=capture_id(number), updated=now, **declined), shop) == 200
    for topic in (MISSING_TOPIC, FOREIGN_TOPIC):
        assert running.post(capture_message(capture=capture_id(11), updated=now), topic=topic) == 503


ALARMS = (
    *("refund-declined", "chargeback", "do-not-ship", "authorization-lapsed", "reference-suspended", "agreement-ended"),
    *("over", "poison", "declined-no-mail-address", "unknown-order"),
)
"""The reasons of the alarms of the bad day."""


def _all_of_it(found: Scrape) -> bool:
    series = (
        *(f'alarms_total{{reason="{reason}"}}' for reason in ALARMS),
        *('outbox{state="failed"}', 'outbox{state="owed"}', 'parked{reason="poison"}', 'parked{reason="over"}'),
        *('polled_total{outcome="paid"}', 'refused_signed_total{reason="unknown-topic",source="ours"}'),
        f'refused_topics{{seller="{SELLERS["kyoto-tea"]}",source="ours",topic="{MISSING_TOPIC}"}}',
    )
    return all(found.value(each) for each in series) and found.value('parked{reason="unknown-order"}') == 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A message waits, another process has the lease and does nothing, and the certificate ends soon; then stopped."""

    waiting: Scrape
    stopped: Scrape


def standby(folder: Path) -> Standby:
    write_project(folder)
    with inbox(folder) as store:
        anyio.run(_waiting_under_another_leader, store)
        with sidecar(folder, end=20 * DAY) as running:
            waiting = running.scrape_when(lambda found: found.value('messages{status="waiting"}') == 1)
        return Standby(waiting=waiting, stopped=running.scrape())


async def _waiting_under_another_leader(store: Store) -> None:
    await StoreInbox(store).keep(arrival(1, timedelta(minutes=20)))
    info = RunInfo(
        run="stuck", actor="a", host="here", pid=1, command="serve ipn", version="1", started=datetime.now(UTC),
        fingerprint="", commit=None,
    )  # fmt: skip
    await StoreLeases(store, info, SystemClock()).acquire(WORK)


def broken(folder: Path) -> Sequence[Scrape]:
    """An inbox with a state of a later version, which is then damaged: after some restarts, and after posts, three times."""
    write_project(folder)
    with inbox(folder):
        pass
    with sqlite3.connect(folder / "inbox.db") as raw:
        _insert_mail_of_a_later_version(raw)
    with sidecar(folder) as running:
        scrapes = [running.scrape_when(lambda found: found.value('restarts_total{task="housekeeping"}') >= 3)]
        with sqlite3.connect(folder / "inbox.db", timeout=30) as raw:
            raw.execute("alter table ipn_messages rename to damaged")
        for _ in range(3):
            status = running.post(capture_message(capture=capture_id(1), updated=datetime.now(UTC)))
            assert status == 503
            scrapes.append(running.scrape())
    return scrapes


def _insert_mail_of_a_later_version(raw: sqlite3.Connection) -> None:
    columns = [row[1:4] for row in raw.execute("pragma table_info(ipn_mails)")]
    values = {name: "1" if kind.upper() == "INTEGER" else "x" for name, kind, needed in columns if needed}
    values |= {"state": "of-a-later-version", "shop": TEA}
    names = ", ".join(values)
    raw.execute(f"insert into ipn_mails ({names}) values ({', '.join('?' * len(values))})", tuple(values.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The pinned certificate ended, nothing came for 8 days, one message is parked by hand; then posts that nobody can verify."""

    silent: Scrape
    unverified: Scrape


def ended(folder: Path) -> Ended:
    write_project(folder)
    with inbox(folder) as store:
        anyio.run(_nothing_for_a_week, store)
    with sidecar(folder, end=-DAY) as running:
        silent = running.scrape_when(
            lambda found: found.value("leads") == 1 == found.value('parked{reason="parked-by-hand"}')
        )
        for number in (1, 2, 3):
            assert running.post(capture_message(capture=capture_id(number), updated=datetime.now(UTC))) == 503
        return Ended(silent=silent, unverified=running.scrape())


async def _nothing_for_a_week(store: Store) -> None:
    queue, now = StoreWorkQueue(store, SystemClock()), datetime.now(UTC)
    for number, ago in ((1, 9 * DAY), (2, 8 * DAY)):
        await StoreInbox(store).keep(arrival(number, ago))
    await StoreInboxAdmin(store).park(1, "parked-by-hand", now - 9 * DAY)
    await queue.complete(2, Completion(status=MessageStatus.DONE, reason="paid", at=now - 7.9 * DAY))
