"""A message of the tool about something: a code, its severity, what, where, and a hint.

Diagnostics are collected and sorted, never raised one at a time and never truncated silently. The list of codes
is `codes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import IntEnum

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import Origin, Scalar, ShopKey
from reconciler.lib.frozen_class import frozen


class Severity(IntEnum):
    """ERROR: what it is about cannot go on. REFUSED: it could, but a guard holds it until a person allows it. CRITICAL: payments
    do not work in a shop; it holds nothing, since an apply may be what corrects it.
    """

    CRITICAL = 4
    ERROR = 3
    REFUSED = 2
    WARNING = 1
    NOTE = 0

    @property
    def name_lower(self) -> str:
        """As machine formats write it."""
        return self.name.lower()


@frozen(kw_only=False, order=True)
class Code:
    """A stable name of a kind of finding. `number` never changes its meaning; `slug` is what people type."""

    number: str
    slug: str
    title: Message
    severity: Severity = Severity.ERROR


@frozen
class StaleField:
    """A field of a plan that changed after planning: its value when planned, its value now, the value the plan writes."""

    name: Message
    planned: Scalar
    now: Scalar
    wanted: Scalar


@frozen
class Diagnostic:
    """`subject` is the dotted place in the manifest or the field; `origin` the file, line and column.

    `summary` says what was found, `expected` what would be right, `way_on` what to do now. `shop` is None for what
    concerns the whole run. `severity` is the code's own, milder where settings say so, or
    critical where payments do not work. `stale_field` holds the values behind a
    finding on a field that moved; the summary names them too.
    """

    code: Code
    summary: Message
    severity: Severity
    expected: Message | None = None
    hint: Message | None = None
    shop: ShopKey | None = None
    subject: str | None = None
    origin: Origin | None = None
    stale_field: StaleField | None = None

    @property
    def blocking(self) -> bool:
        """Whether what this is about cannot be applied."""
        return self.severity in (Severity.ERROR, Severity.REFUSED)

    def sort_key(self) -> tuple[object, ...]:
        """By shop, then place, then code: the order people read and machines compare."""
        place = self.origin or Origin("", 0, 0)
        return (self.shop or "", place, self.code.number, self.subject or "", str(self.summary))

    def for_shop(self, shop: ShopKey) -> Diagnostic:
        return replace(self, shop=shop)


def diagnostic(  # noqa: PLR0913  # the parts of a message, all by keyword
    code: Code,
    summary: Message,
    *,
    expected: Message | None = None,
    hint: Message | None = None,
    shop: ShopKey | None = None,
    subject: str | None = None,
    origin: Origin | None = None,
    stale_field: StaleField | None = None,
) -> Diagnostic:
    """A diagnostic of the code's own severity."""
    return Diagnostic(
        code=code,
        summary=summary,
        severity=code.severity,
        expected=expected,
        hint=hint,
        shop=shop,
        subject=subject,
        origin=origin,
        stale_field=stale_field,
    )


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted and without duplicates."""
    unique = {(d.sort_key(), d.severity): d for d in diagnostics}
    return tuple(unique[key] for key in sorted(unique))
