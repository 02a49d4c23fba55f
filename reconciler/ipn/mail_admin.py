"""What operators do with the mails about payments: list, show, resend, dismiss.

In: access to the inbox and a request. Out: results. A shop's own 通知メールアドレス is shown; the text of a mail is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.command import CommandResult
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import ShopKey
from reconciler.ipn.mail_cells import problem_cell
from reconciler.ipn.outcome_words import mail_cell
from reconciler.ipn.paging import PAGE, older_rows
from reconciler.ipn.process.mail_sender import message_id
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports.inbox import UNDELIVERED, Dismissal, MailState, OutboxMail
from reconciler.ports.inbox_admin import InboxAccess, InboxAdmin, MailFilter

__all__ = [
    "DismissRequest",
    "MailListRequest",
    "ResendRequest",
    "dismiss_mails",
    "list_mails",
    "resend_mails",
    "show_mail",
]

_NONE: Final = msg("No mail was due.")
_NO_SUCH: Final = msg("No such mail.")

_MAIL: Final = (
    ("number", msg("Number")),
    ("state", msg("State")),
    ("shop", msg("Shop")),
    ("order", msg("Order")),
    ("to", msg("To")),
    ("problem", msg("Problem")),
    ("code", msg("SMTP code")),
    ("answer", msg("Answer")),
    ("tries", msg("Attempts")),
    ("next_try", msg("Next attempt")),
    ("since", msg("Since")),
    ("created", msg("Created")),
)
_MORE: Final = (
    ("event", msg("Event")),
    ("subject", msg("Subject")),
    ("message_id", msg("Message")),
    ("may_be_at", msg("May have arrived at")),
    ("dismissed_by", msg("Dismissed by")),
    ("dismissed_because", msg("Dismissed because")),
)


_CHANGED: Final = (("number", msg("Number")), ("state", msg("State")))
_QUEUED: Final = NamedCell(MailState.OWED.value, msg("queued again"))
_DISMISSED: Final = mail_cell(MailState.DISMISSED)


@frozen
class MailListRequest:
    """Which mails are listed, newest first; what is given must all hold. `undelivered`: those that need a person. `before` is the
    number of a mail: older ones are listed.
    """

    shop: ShopKey | None = None
    order: str | None = None
    state: str | None = None
    undelivered: bool = False
    before: int | None = None
    limit: int = PAGE


@frozen
class ResendRequest:
    """These mails; else those that were not delivered, of one shop or all."""

    numbers: Sequence[int] = ()
    shop: ShopKey | None = None


@frozen
class DismissRequest:
    """These mails need not arrive, for this reason."""

    numbers: Sequence[int]
    reason: str


async def list_mails(inbox: InboxAccess, request: MailListRequest) -> TableResult:
    wanted = MailFilter(
        shop=request.shop, order=request.order, states=_states(request), before=request.before, limit=request.limit
    )
    with inbox.reading() as admin:
        mails = () if admin is None else await admin.mails(wanted)
        more = () if admin is None else await _older(admin, request, wanted, mails)
    empty = _NONE if wanted == MailFilter(limit=request.limit) else _NO_SUCH
    return TableResult(name="mails", columns=_MAIL, rows=tuple(map(_row, mails)), empty=empty, notices=more)


async def _older(
    admin: InboxAdmin, request: MailListRequest, wanted: MailFilter, mails: Sequence[OutboxMail]
) -> tuple[Message, ...]:
    return await older_rows(
        "ipn mails list",
        {"shop": request.shop, "order": request.order, "state": request.state, "undelivered": request.undelivered},
        numbers=[mail.number for mail in mails],
        limit=request.limit,
        count=lambda last: admin.count_mails(replace(wanted, before=last)),
    )


async def show_mail(inbox: InboxAccess, number: int) -> CommandResult:
    with inbox.reading() as admin:
        mail = None if admin is None else await admin.mail(number)
    if mail is None:
        return _no_such(msg("Unknown mail {which}", which=number))
    return TableResult(
        name="mail",
        columns=(*_MAIL, *_MORE),
        rows=((*_row(mail), *_more(mail, inbox.mail_sender)),),
        empty=_NONE,
        transposed=True,
    )


async def resend_mails(inbox: InboxAccess, request: ResendRequest) -> CommandResult:
    """Those that can be resent are, independent of the others."""
    now = inbox.clock.now()
    with inbox.writing() as admin:
        if admin is None:
            queued: Sequence[int] = ()
        elif request.numbers:
            queued = [number for number in dict.fromkeys(request.numbers) if await admin.resend(number, now)]
        else:
            queued = await admin.resend_undelivered(request.shop, now)
    which = _except(request.numbers, queued)
    if which:
        why = msg("Cannot resend mail {which}: not found, or being sent", which=which)
        return _no_such(why, _done(queued, _QUEUED))
    return _changed(queued, _QUEUED)


async def dismiss_mails(inbox: InboxAccess, request: DismissRequest) -> CommandResult:
    """Those that can be dismissed are, independent of the others."""
    now, dismissal = inbox.clock.now(), Dismissal(by=inbox.actor, reason=request.reason)
    with inbox.writing() as admin:
        dismissed = [
            number
            for number in dict.fromkeys(request.numbers)
            if admin is not None and await admin.dismiss(number, dismissal, now)
        ]
    which = _except(request.numbers, dismissed)
    if which:
        why = msg("Cannot dismiss mail {which}: not found, sent, being sent, or already dismissed", which=which)
        return _no_such(why, _done(dismissed, _DISMISSED))
    return _changed(dismissed, _DISMISSED)


def _except(numbers: Sequence[int], done: Sequence[int]) -> str:
    return ", ".join(str(number) for number in dict.fromkeys(numbers) if number not in done)


def _done(numbers: Sequence[int], state: NamedCell) -> tuple[Message, ...]:
    return tuple(msg("{number}: {status}", number=number, status=state.title) for number in numbers)


def _changed(numbers: Sequence[int], state: NamedCell) -> TableResult:
    rows = tuple((number, state) for number in numbers)
    return TableResult(name="changed-mails", columns=_CHANGED, rows=rows, empty=msg("No undelivered mail"))


def _states(request: MailListRequest) -> Sequence[MailState] | None:
    if request.state is None:
        return UNDELIVERED if request.undelivered else None
    state = MailState(request.state)
    return (state,) if not request.undelivered or state in UNDELIVERED else ()


def _no_such(why: Message, notices: tuple[Message, ...] = ()) -> FailureResult:
    hint = msg("`reconciler ipn mails list` shows the numbers and states")
    return failure(diagnostic(codes.NO_SUCH_MAIL, why, hint=hint), notices=notices)


def _row(mail: OutboxMail) -> tuple[Cell, ...]:
    return (
        mail.number,
        mail_cell(mail.state),
        mail.mail.shop,
        mail.mail.order,
        mail.mail.to,
        problem_cell(mail),
        mail.reply.code,
        mail.reply.text,
        mail.tries,
        _at(mail.next_try),
        _at(mail.since),
        _at(mail.created),
    )


def _more(mail: OutboxMail, sender: str) -> tuple[Cell, ...]:
    doubtful = ", ".join(mail.doubtful) or None
    by, because = (None, None) if mail.dismissal is None else (mail.dismissal.by, mail.dismissal.reason)
    return mail.mail.event, mail.mail.subject, message_id(mail.mail, sender), doubtful, by, because


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else format_utc(moment)
