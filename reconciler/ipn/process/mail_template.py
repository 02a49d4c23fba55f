"""The mail on an event that a person has to know, from a template with few places.

In: a template and what is known of the event, all of it checked ids, words of closed lists and amounts. Out: an
`PendingMail`. It holds no address, note or token of a buyer, because it is given none. A placeholder is written `{shop}`;
anything else between braces is an error in the template that is reported when it is read, and not when a mail is due.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Final

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import ShopKey
from reconciler.ipn.process.decision import MailContent
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import PendingMail
from reconciler.ports.payments import ObjectKind

JAPAN: Final = timezone(timedelta(hours=9), "JST")
PLACES: Final = (
    "shop",
    "order",
    "kind",
    "object",
    "reference",
    "amount",
    "currency",
    "state",
    "reason",
    "time",
    "event",
    "deadline",
)
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_NOT_KNOWN: Final = "-"
_LONGEST: Final = 100
_KINDS: Final[Mapping[ObjectKind, str]] = {
    ObjectKind.CAPTURE: "売上請求",
    ObjectKind.AUTHORIZATION: "オーソリ",
    ObjectKind.REFUND: "返金",
    ObjectKind.CHARGEBACK: "チャージバック",
    ObjectKind.REFERENCE: "注文",
    ObjectKind.AGREEMENT: "定期の支払い契約",
}


class BadTemplate(ValueError):
    """The template names a place that does not exist, or is not closed."""


@frozen
class MailTemplate:
    """The mails. `subject` and `template` are those about a failed payment, which the settings may replace; `other_subject` and
    `other_template` those about everything else. `translate` says in Japanese what happened. Raises BadTemplate for a template
    that cannot be filled in.
    """

    subject: str
    template: str
    other_subject: str = "Amazon Pay要確認通知"
    other_template: str = field(default_factory=lambda: _packaged("event_template.ja.txt"))
    translate: Callable[[Message], str] = str

    def __post_init__(self) -> None:
        rest = _PLACE.sub("", self.template)
        unknown = sorted({name for name in _PLACE.findall(self.template) if name not in PLACES})
        if unknown:
            raise BadTemplate("{" + "}, {".join(unknown) + "}")
        if "{" in rest or "}" in rest:
            raise BadTemplate(next(character for character in rest if character in "{}"))

    def render(self, shop: ShopKey, content: MailContent, to: str) -> PendingMail:
        values = {"shop": str(shop), "event": _line(self.translate(content.text)), **_values(content)}
        template, subject = (
            (self.template, self.subject) if content.failure else (self.other_template, self.other_subject)
        )
        text = _PLACE.sub(lambda place: values[place[1]], template)
        return PendingMail(event=content.event, shop=shop, to=to, subject=subject, text=text, order=content.order)


def default_template() -> str:
    return _packaged("mail_template.ja.txt")


def _packaged(name: str) -> str:
    return (files("reconciler.ipn.process") / name).read_text(encoding="utf-8")


def _values(content: MailContent) -> dict[str, str]:
    what = content.what
    known = {
        "order": content.order,
        "kind": _KINDS[what.kind],
        "object": what.id,
        "reference": what.reference,
        "amount": None if what.amount is None else format(what.amount, "f"),
        "currency": what.currency,
        "state": what.state,
        "reason": what.reason,
        "time": _japan(what.updated),
        "deadline": None if what.deadline is None else _japan(what.deadline),
    }
    return {name: _line(value) for name, value in known.items()}


def _japan(moment: datetime) -> str:
    return moment.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S (JST)")


def _line(value: str | None) -> str:
    """One printable line of limited length: no external value may start another line."""
    shown = "".join(character for character in value or "" if character.isprintable())
    return shown[:_LONGEST].strip() or _NOT_KNOWN
