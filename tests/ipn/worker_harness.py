"""The real worker of the sidecar: an inbox on SQLite, the embedded backend in-process, the worker as a task.

Named fakes: a clock that changes only when the test sets it, a directory of one shop, and a watch that tests can wait for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio

from reconciler.adapters.backend import BackendConfig
from reconciler.adapters.backend.charges import HttpPayments
from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.transport import in_process
from reconciler.adapters.backend.orders import HttpOrders
from reconciler.adapters.store.db.database import Store, open_store
from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
from reconciler.adapters.store.inbox.inbox import StoreInbox
from reconciler.adapters.store.inbox.outbox import StoreOutbox
from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.embedded.contract.times import system_clock
from reconciler.ipn.process.in_progress import InProgressKeys
from reconciler.ipn.process.mail_template import MailTemplate, default_template
from reconciler.ipn.process.processor import PaymentProcessor
from reconciler.ipn.process.worker import Worker
from reconciler.ipn.runtime.wakeup import WakeupEvent
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.reasons import Refused
from reconciler.ports.inbox import InboxMessage, MailState, MessageStatus, PendingMail, ReceivedMessage
from reconciler.ports.inbox_admin import InboxFilter, MailFilter
from reconciler.ports.mailer import MailProblem
from reconciler.ports.payments import Orders
from reconciler.ports.shop_directory import ShopIdentity
from tests.adapters.backend.fakes import FakeClock
from tests.support.auto_clock import elapsed
from tests.support.sns_signer import NOW, REFERENCE, SELLER, Signer, capture_message

SHOP = ShopKey("kyoto-tea")
ORDER = "100000020732"
EMAIL = "amazon-pay@kyoto-tea.example"
SECRET = Secret("a-secret", SecretRef("ref+test://client"))
SEED = {
    "shops": [{"shopKey": SHOP}, {"shopKey": "osaka-knives"}],
    "orders": [{"orderNo": ORDER, "shopKey": SHOP, "amazonOrderReferenceId": REFERENCE, "totalAmount": "1000"}],
}


class StillClock:
    """Time that changes only when the test sets it; sleeping tasks then wake."""

    def __init__(self) -> None:
        self._now = NOW
        self._sleepers: list[tuple[datetime, anyio.Event]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return elapsed(self._now)

    async def sleep(self, seconds: float) -> None:
        mine = (self._now + timedelta(seconds=seconds), anyio.Event())
        self._sleepers.append(mine)
        try:
            await mine[1].wait()
        finally:
            self._sleepers.remove(mine)

    def advance(self, **words: float) -> None:
        self._now += timedelta(**words)
        for until, woken in self._sleepers:
            if until <= self._now:
                woken.set()


@dataclass
class Recorder:
    """Implements Watch; records its calls, and tests can wait for them."""

    ends: list[tuple[MessageStatus, str]] = field(default_factory=list)
    mails: list[MailState] = field(default_factory=list)
    mail_problems: list[MailProblem | None] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)
    leading: list[bool] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    _changed: anyio.Event = field(default_factory=anyio.Event)

    def settled(self, standing: MessageStatus, reason: str, lag: float) -> None:
        assert lag >= 0
        self._tell(self.ends, (standing, reason))

    def alarmed(self, reason: str) -> None:
        self._tell(self.alarms, reason)

    def mailed(self, state: MailState, problem: MailProblem | None = None) -> None:
        self.mail_problems.append(problem)
        self._tell(self.mails, state)

    def polled(self, outcome: str) -> None:
        self._tell(self.polls, outcome)

    def leads(self, leads: bool) -> None:
        self._tell(self.leading, leads)

    def expect_task(self, task: str) -> None: ...

    def restarted(self, task: str) -> None:
        self._tell(self.restarts, task)

    async def until(self, events: list[Any], count: int) -> None:
        """Fails where it takes more than some seconds."""
        with anyio.fail_after(20):
            while len(events) < count:
                await self._changed.wait()

    def _tell(self, events: list[Any], what: Any) -> None:
        events.append(what)
        self._changed.set()
        self._changed = anyio.Event()


@dataclass
class OneShop:
    """Implements ShopDirectory. `remembered` is an older identity, until one is read that is `fresh`."""

    identity: ShopIdentity | Exception = field(
        default_factory=lambda: ShopIdentity(shop=SHOP, site_url=None, seller_id=SELLER, email=EMAIL)
    )
    remembered: ShopIdentity | None = None

    async def by_path(self, path: str) -> ShopIdentity | None:
        raise NotImplementedError(path)

    async def by_key(self, shop: ShopKey, *, fresh: bool = False) -> ShopIdentity | None:
        if isinstance(self.identity, Exception):
            raise self.identity
        if fresh:
            self.remembered = None
        if self.remembered is not None:
            return self.remembered
        return self.identity if shop == self.identity.shop else None


@dataclass
class BackOffice:
    store: Store
    app: Any
    client: Client
    clock: StillClock = field(default_factory=StillClock)
    watch: Recorder = field(default_factory=Recorder)
    directory: OneShop = field(default_factory=OneShop)
    bell: WakeupEvent = field(default_factory=WakeupEvent)
    lanes: InProgressKeys = field(default_factory=InProgressKeys)
    orders: Orders | None = None
    signer: Signer = field(default_factory=Signer)
    _delivered: int = 0

    def __post_init__(self) -> None:
        self.inbox = StoreInbox(self.store)
        self.desk = StoreWorkQueue(self.store, self.clock)
        self.outbox = StoreOutbox(self.store)
        self.catalogue = StoreInboxAdmin(self.store)
        self.world: World = self.app.state.world
        self.letter = MailTemplate(subject="Amazonペイメント処理失敗通知", template=default_template())
        self.payments = HttpPayments(self.client)

    @property
    def effects(self) -> PaymentProcessor:
        return PaymentProcessor(
            desk=self.desk,
            orders=self.orders or HttpOrders(self.client),
            payments=self.payments,
            directory=self.directory,
            letter=self.letter,
            clock=self.clock,
        )

    def worker(self, **words: Any) -> Worker:
        return Worker(self.effects, self.lanes, self.bell, self.watch, **words)

    @asynccontextmanager
    async def working(self, **words: Any) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(self.worker(**words).run)
            yield
            group.cancel_scope.cancel()

    async def deliver(self, *messages: str, shop: ShopKey = SHOP) -> None:
        """As the receiving side keeps them: in the inbox, then the bell."""
        for message in messages:
            self._delivered += 1
            await self.inbox.keep(self._arrival(message, shop))
        self.bell.set()

    async def deliver_to_each(self, message: str, *shops: ShopKey) -> None:
        """One message of Amazon's, as shops of one seller get it."""
        self._delivered += 1
        for shop in shops:
            await self.inbox.keep(self._arrival(message, shop))
        self.bell.set()

    async def work_off(self, *messages: str) -> list[str]:
        """Delivered and worked off, one by one; the reasons of their ends."""
        before = len(self.watch.ends)
        async with self.working():
            for number, message in enumerate(messages, 1):
                await self.deliver(message)
                await self.watch.until(self.watch.ends, before + number)
        return [reason for _, reason in self.watch.ends[before:]]

    async def entries(self) -> list[InboxMessage]:
        return list(reversed(await self.catalogue.entries(InboxFilter())))

    async def mails(self) -> list[PendingMail]:
        return [each.mail for each in reversed(await self.catalogue.mails(MailFilter()))]

    def order(self, number: str = ORDER) -> dict[str, Any]:
        return dict(self.world.order(SHOP, number))

    @property
    def paid(self) -> bool:
        return self.order()["paymentStatus"] == "RECEIVED"

    def payments_made(self, shop: str = SHOP) -> list[str]:
        """The orders that became 入金済み, each as often as it did, by the backend's own trail."""
        return [
            change["field"].partition(".")[0]
            for change in self.world.changes(shop)
            if change["field"].endswith(".paymentStatus")
        ]

    def _arrival(self, message: str, shop: ShopKey) -> ReceivedMessage:
        try:
            head: notice.NotificationHeader = notice.read(message)
        except Refused:
            head = notice.read_header(message)
        number = self._delivered
        return ReceivedMessage(
            message_id=f"00000000-0000-4000-8000-{number:012d}",
            shop=shop,
            published=NOW,
            received=self.clock.now(),
            kind=head.kind,
            object_id=head.object_id,
            lane=head.order_key or f"message-{number}",
            status=MessageStatus.WAITING,
            body=self.signer.body(message),
        )


@asynccontextmanager
async def open_office(
    folder: Path, inbox: str | None = None, *, amazons_time: Callable[[], datetime] = system_clock, **config: Any
) -> AsyncIterator[BackOffice]:
    app = create_app(EmbeddedConfig(database=folder / "backend.sqlite", seed=SEED, clock=amazons_time))
    app.state.world.ensure_client("sidecar", SECRET.reveal())
    usual = {"base_url": "http://embedded.invalid", "client_id": "sidecar", "client_secret": SECRET}
    client = Client(BackendConfig(**{**usual, **config}), FakeClock(), in_process(app))
    store = open_store(inbox or folder / "inbox.db")
    try:
        yield BackOffice(store=store, app=app, client=client)
    finally:
        await client.aclose()
        store.close()
        app.state.world.close()


def captured(number: int = 1, amount: str = "1000", state: str = "Completed", minutes: int = 0, **more: Any) -> str:
    """A notification of one of the order's captures, `minutes` after the first."""
    updated = NOW + timedelta(minutes=minutes)
    return capture_message(capture=f"{REFERENCE}-C{number:06d}", amount=amount, state=state, updated=updated, **more)


def without_mail(office: BackOffice) -> None:
    assert isinstance(office.directory.identity, ShopIdentity)
    office.directory.identity = replace(office.directory.identity, email=None)
