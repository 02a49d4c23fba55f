"""The outcome of an event: gather what is known, decide, and mark the order if it is paid.

In: a notification, or a charge that was requested. Out: a `ProcessingResult`, which says what is to be stored. Nothing is
stored here: the worker stores it with the message's outcome, polling without one. An effect that happened and was not stored
is repeated by the next process, under the same key and the then present version: it finds the order 入金済み and changes
nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import Decision, DecisionAction, PaymentCase, decide, park
from reconciler.ipn.process.mail_template import MailTemplate
from reconciler.ipn.verify.notification import ChargeNotification, Notification, OtherNotification
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports import BackendError, Clock, Conflict, Rejected
from reconciler.ports.inbox import PendingMail, Source, WorkQueue
from reconciler.ports.payments import Charge, Orders, Payments
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory

_MOVES: Final = 3
"""How often an order may move under our hands before it is left for later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingResult:
    """`decision` with what came of it: `reason` may be another than the decision's, where the world had moved."""

    decision: Decision
    reason: ProcessingOutcome
    mail: PendingMail | None = None

    @property
    def order(self) -> str | None:
        return None if self.decision.order is None else self.decision.order.number


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """An event about a shop's payment, how often it was tried before, and its source: the message, if there is one."""

    shop: ShopKey
    event: Notification | Charge
    tries: int = 0
    source: Source = Source.NOTICE
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentProcessor:
    """The world that news are judged and carried out in."""

    desk: WorkQueue
    orders: Orders
    payments: Payments
    directory: ShopDirectory
    letter: MailTemplate
    clock: Clock

    async def process(self, news: PaymentEvent) -> ProcessingResult:
        """Raises InboxUnavailable. What the backend refuses or does not answer is an end too: later."""
        try:
            return await self._retry_on_conflict(await self._completed(news))
        except Rejected:
            return self._later(ProcessingOutcome.BACKEND_REFUSES, news)
        except (BackendError, DirectoryUnavailable):
            return self._later(ProcessingOutcome.UNREACHABLE, news)

    async def _completed(self, news: PaymentEvent) -> PaymentEvent:
        """A notice without a state is completed with the charge as it is now; it stays as it is where there is none."""
        if not isinstance(news.event, ChargeNotification):
            return news
        charge = await self.payments.charge(news.shop, news.event.id)
        return news if charge is None else replace(news, event=charge)

    async def _retry_on_conflict(self, news: PaymentEvent) -> ProcessingResult:
        """Reads and decides again if the order has changed. Raises BackendError."""
        for _ in range(_MOVES):
            decision = await self._decided(news)
            try:
                return await self._acted(decision, news)
            except (Conflict, Rejected):
                continue
        return self._later(ProcessingOutcome.BACKEND_REFUSES, news)

    async def _decided(self, news: PaymentEvent) -> Decision:
        """A shop without an address may have one since it was last read."""
        case = await self._case(news)
        decision = decide(case)
        if decision.reason is not ProcessingOutcome.NO_ADDRESS:
            return decision
        return decide(replace(case, to=await self._address(news.shop)))

    async def _case(self, news: PaymentEvent) -> PaymentCase:
        identity = await self.directory.by_key(news.shop)
        reference = None if isinstance(news.event, OtherNotification) else news.event.reference
        orders = () if reference is None else await self.orders.find(news.shop, reference)
        return PaymentCase(
            event=news.event,
            shop=news.shop,
            facts=() if reference is None else await self.desk.facts(news.shop, reference),
            orders=orders,
            to=None if identity is None else identity.email,
            now=self.clock.now(),
            tries=news.tries,
            source=news.source,
            elsewhere=not orders and await self._elsewhere(news),
        )

    async def _elsewhere(self, news: PaymentEvent) -> bool:
        """Raises InboxUnavailable."""
        return news.message_id is not None and await self.desk.completed_for_other_shop(news.message_id, news.shop)

    async def _acted(self, decision: Decision, news: PaymentEvent) -> ProcessingResult:
        """Raises BackendError."""
        if decision.action is DecisionAction.PAY:
            assert decision.order is not None
            assert decision.received is not None
            assert decision.key is not None
            changed = await self.orders.mark_paid(decision.order, decision.received, decision.key)
            return ProcessingResult(
                decision=decision, reason=decision.reason if changed else ProcessingOutcome.ALREADY_PAID
            )
        return ProcessingResult(decision=decision, reason=decision.reason, mail=await self._mail(decision, news))

    async def _mail(self, decision: Decision, news: PaymentEvent) -> PendingMail | None:
        """To the address that the shop has now: it may have been changed because a mail did not arrive."""
        if decision.failure is None or decision.to is None:
            return None
        return self.letter.render(news.shop, decision.failure, await self._address(news.shop) or decision.to)

    async def _address(self, shop: ShopKey) -> str | None:
        """Read now, if the backend answers."""
        with suppress(DirectoryUnavailable):
            identity = await self.directory.by_key(shop, fresh=True)
            return None if identity is None else identity.email
        return None

    def _later(self, reason: ProcessingOutcome, news: PaymentEvent) -> ProcessingResult:
        return ProcessingResult(decision=park(reason, now=self.clock.now(), tries=news.tries), reason=reason)
