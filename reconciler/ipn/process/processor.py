"""The outcome of an event: gather what is known, decide, and mark the order if it is paid.

In: a notification, or an object that was asked for. Out: a `ProcessingResult`, which says what is to be stored. Nothing is
stored here: the worker stores it with the message's outcome, polling without one. An effect that happened and was not stored
is repeated by the next process, under the same key and the then present version: it finds the order 入金済み and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import Decision, DecisionAction, PaymentCase, decide, park
from reconciler.ipn.process.mail_template import MailTemplate
from reconciler.ipn.process.objects import Event, object_of, references_of
from reconciler.ipn.verify.notification import CaptureNotification, ObjectNotification, StatedNotification
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Clock, Conflict, Rejected
from reconciler.ports.inbox import PendingMail, WorkQueue
from reconciler.ports.payments import CaptureState, ObjectState, Order, Orders, Payments, Source
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory

_MOVES: Final = 3
"""How often an order may move under our hands before it is left for later."""


@frozen
class ProcessingResult:
    """`decision` with what came of it: `reason` may be another than the decision's, where the world had moved.

    `known` is the object that the event is about, as it is at Amazon.
    """

    decision: Decision
    reason: ProcessingOutcome
    mail: PendingMail | None = None
    known: ObjectState | None = None

    @property
    def order(self) -> str | None:
        return None if self.decision.order is None else self.decision.order.number


@frozen
class PaymentEvent:
    """An event about a shop's payment, how often it was tried before, and its source: the message, if there is one."""

    shop: ShopKey
    event: Event
    tries: int = 0
    source: Source = Source.NOTICE
    message_id: str | None = None


@frozen
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
        """A notification without a state is completed with the object as it is now; it stays as it is where there is none."""
        event = news.event
        if not isinstance(event, ObjectNotification) or isinstance(event, CaptureNotification | StatedNotification):
            return news
        found = await self._asked(news.shop, event)
        return news if found is None else replace(news, event=found)

    async def _asked(self, shop: ShopKey, event: ObjectNotification) -> Event | None:
        match event.kind:
            case "CHARGE":
                return await self.payments.charge(shop, event.id)
            case "REFUND":
                return await self.payments.refund(shop, event.id)
            case "CHARGE_PERMISSION":
                return await self.payments.permission(shop, event.id)
            case _:
                return await self.payments.dispute(shop, event.id)

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
        if case.to is not None or not decision.alarm:
            return decision
        return decide(replace(case, to=await self._address(news.shop)))

    async def _case(self, news: PaymentEvent) -> PaymentCase:
        identity = await self.directory.by_key(news.shop)
        event, facts, orders = await self._related(news.shop, news.event)
        return PaymentCase(
            event=event,
            shop=news.shop,
            facts=facts,
            orders=orders,
            to=None if identity is None else identity.email,
            now=self.clock.now(),
            tries=news.tries,
            source=news.source,
            elsewhere=not orders and await self._elsewhere(news),
        )

    async def _related(self, shop: ShopKey, event: Event) -> tuple[Event, Sequence[CaptureState], Sequence[Order]]:
        """The captures and orders of its references. A notification of the older API names no permission: that is known from
        another event of the same charge, or is requested where no order carries the order reference.
        """
        facts, orders = await self._found(shop, references_of(event))
        if not isinstance(event, CaptureNotification | StatedNotification) or event.permission is not None:
            return event, facts, orders
        permission = next((fact.permission for fact in facts if fact.permission not in {None, fact.reference}), None)
        if permission is None and not orders and isinstance(event, CaptureNotification):
            charge = await self.payments.charge(shop, event.id)
            permission = charge.permission if charge is not None and charge.recurring else None
        if permission is None:
            return event, facts, orders
        event = replace(event, permission=permission)
        return event, *await self._found(shop, references_of(event))

    async def _found(self, shop: ShopKey, references: Sequence[str]) -> tuple[Sequence[CaptureState], Sequence[Order]]:
        if not references:
            return (), ()
        found = {order.number: order for each in references for order in await self.orders.find(shop, each)}
        return await self.desk.facts(shop, *references), tuple(found.values())

    async def _elsewhere(self, news: PaymentEvent) -> bool:
        """Raises InboxUnavailable."""
        return news.message_id is not None and await self.desk.completed_for_other_shop(news.message_id, news.shop)

    async def _acted(self, decision: Decision, news: PaymentEvent) -> ProcessingResult:
        """Raises BackendError."""
        reason = decision.reason
        if decision.action is DecisionAction.PAY:
            assert decision.order is not None
            assert decision.received is not None
            assert decision.key is not None
            changed = await self.orders.mark_paid(decision.order, decision.received, decision.key)
            if not changed and decision.mail is None:
                reason = ProcessingOutcome.ALREADY_PAID
        return ProcessingResult(
            decision=decision, reason=reason, mail=await self._mail(decision, news), known=_known(decision, news)
        )

    async def _mail(self, decision: Decision, news: PaymentEvent) -> PendingMail | None:
        """To the address that the shop has now: it may have been changed because a mail did not arrive."""
        if decision.mail is None or decision.to is None:
            return None
        return self.letter.render(news.shop, decision.mail, await self._address(news.shop) or decision.to)

    async def _address(self, shop: ShopKey) -> str | None:
        """Read now, if the backend answers."""
        with suppress(DirectoryUnavailable):
            identity = await self.directory.by_key(shop, fresh=True)
            return None if identity is None else identity.email
        return None

    def _later(self, reason: ProcessingOutcome, news: PaymentEvent) -> ProcessingResult:
        return ProcessingResult(decision=park(reason, now=self.clock.now(), tries=news.tries), reason=reason)


def _known(decision: Decision, news: PaymentEvent) -> ObjectState | None:
    what = object_of(news.event)
    if what is None:
        return None
    order = None if decision.order is None else decision.order.number
    return ObjectState(shop=news.shop, what=what, order=order, source=news.source)
