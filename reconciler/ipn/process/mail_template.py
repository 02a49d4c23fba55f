"""The mail on a failed payment, from a template with few places.

In: a template and what is known of the failure, all of it checked ids, words of closed lists and amounts. Out: an
`PendingMail`. It holds no address, note or token of a buyer, because it is given none. A placeholder is written `{shop}`;
anything else between braces is an error in the template that is reported when it is read, and not when a mail is due.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from importlib.resources import files
from typing import Final

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import Failure
from reconciler.ports.inbox import PendingMail

JAPAN: Final = timezone(timedelta(hours=9), "JST")
PLACES: Final = ("shop", "order", "kind", "object", "reference", "amount", "currency", "state", "reason", "time")
_PLACE: Final = re.compile(r"\{([^{}]*)\}")
_NOT_KNOWN: Final = "-"
_LONGEST: Final = 100
_KINDS: Final[Mapping[str, str]] = {"C": "売上請求", "A": "オーソリ"}
"""By the letter of the object's id."""


class BadTemplate(ValueError):
    """The template names a place that does not exist, or is not closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTemplate:
    """The mail about a failure. Raises BadTemplate for a template that cannot be filled in."""

    subject: str
    template: str

    def __post_init__(self) -> None:
        rest = _PLACE.sub("", self.template)
        unknown = sorted({name for name in _PLACE.findall(self.template) if name not in PLACES})
        if unknown:
            raise BadTemplate("{" + "}, {".join(unknown) + "}")
        if "{" in rest or "}" in rest:
            raise BadTemplate(next(character for character in rest if character in "{}"))

    def render(self, shop: ShopKey, failure: Failure, to: str) -> PendingMail:
        values = {"shop": str(shop), **_values(failure)}
        text = _PLACE.sub(lambda place: values[place[1]], self.template)
        return PendingMail(event=failure.event, shop=shop, to=to, subject=self.subject, text=text, order=failure.order)


def default_template() -> str:
    return (files("reconciler.ipn.process") / "mail_template.ja.txt").read_text(encoding="utf-8")


def _values(failure: Failure) -> dict[str, str]:
    known = {
        "order": failure.order,
        "kind": _KINDS.get(failure.object_id.rpartition("-")[2][:1]),
        "object": failure.object_id,
        "reference": failure.reference,
        "amount": None if failure.amount is None else format(failure.amount, "f"),
        "currency": failure.currency,
        "state": failure.state,
        "reason": failure.reason,
        "time": failure.at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S (JST)"),
    }
    return {name: _line(value) for name, value in known.items()}


def _line(value: str | None) -> str:
    """One printable line of limited length: no external value may start another line."""
    shown = "".join(character for character in value or "" if character.isprintable())
    return shown[:_LONGEST].strip() or _NOT_KNOWN
