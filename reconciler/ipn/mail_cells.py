"""What came of a mail, for people: its state, and why it did not arrive. In: a mail. Out: cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import Cell, NamedCell
from reconciler.ipn.outcome_words import mail_cell
from reconciler.ports.inbox import OutboxMail
from reconciler.ports.mailer import MailProblem

PROBLEMS: Final[Mapping[MailProblem, Message]] = {
    MailProblem.RECEIVER_REFUSED: msg("refused by the receiver"),
    MailProblem.CONTENT_REFUSED: msg("content refused by the receiver"),
    MailProblem.INVALID_ADDRESS: msg("invalid address"),
    MailProblem.RECEIVER_DEFERRED: msg("deferred by the receiver"),
    MailProblem.CONTENT_DEFERRED: msg("content deferred by the receiver"),
    MailProblem.SENDER_REFUSED: msg("sender refused by the mail server"),
    MailProblem.LOGIN_REFUSED: msg("login refused by the mail server"),
    MailProblem.SERVER_REFUSED: msg("refused by the mail server"),
    MailProblem.SERVER_UNREACHABLE: msg("mail server unreachable"),
    MailProblem.NO_ANSWER: msg("no answer from the mail server"),
    MailProblem.CONNECTION_LOST: msg("connection lost before the answer"),
    MailProblem.INTERRUPTED: msg("sidecar stopped while sending"),
    MailProblem.INTERNAL_ERROR: msg("error of the sidecar"),
}


def problem_cell(mail: OutboxMail) -> Cell:
    problem = mail.reply.problem
    return None if problem is None else NamedCell(problem.value, PROBLEMS[problem])


def outcome_cell(mail: OutboxMail | None) -> Cell:
    """The state, for machines; for people also why."""
    return None if mail is None else NamedCell(mail.state.value, _outcome(mail))


def _outcome(mail: OutboxMail) -> Message:
    state, problem = mail_cell(mail.state).title, mail.reply.problem
    if problem is None:
        return state
    answer = " ".join(str(part) for part in (mail.reply.code, mail.reply.text) if part is not None)
    if answer:
        return msg("{state}: {problem}: {answer}", state=state, problem=PROBLEMS[problem], answer=answer)
    return msg("{state}: {problem}", state=state, problem=PROBLEMS[problem])
