"""What is wrong, as reports for other tools list it: one row for each diagnostic and for each field that drifted.

In: the result of any command. Out: issues, the worst first, each with the identity that never varies. Texts are one line in which
nothing can drive a terminal; how a format keeps markup out of them is its own matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, Severity
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import DriftEntry, ShopDrift, entry_severity
from reconciler.core.drift.finding_id import field_place, finding_id
from reconciler.core.drift.label import DriftLabel
from reconciler.core.findings.sightings import LABEL_CLASSES
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.phrases import drift_note
from reconciler.views.i18n import language

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext


class IssueLevel(IntEnum):
    """As most readers know it."""

    NOTE = 0
    WARNING = 1
    ERROR = 2


@frozen
class IssueRule:
    """`key` is the number of a code, or a drift label; `name` what people type; `fix` what to do about it in general."""

    key: str
    name: str
    title: Message
    code: Code | None = None

    @property
    def title_words(self) -> str:
        """A code has a number and a name, a drift label only its name."""
        return self.name if self.code is None else f"{self.key} {self.name}"


@frozen
class Issue:
    """`identity` is its `finding_id`; `nth` counts issues of one identity, from 1. `shop` and `field` are empty where there is
    none. `path` is the file from the root of the repository, None where there is none to show; `line` and `column` count from 1.
    `no_answer`: nothing was found out, since the backend did not answer. `weight` is the severity of a field that drifted,
    `accepted_until` the last day of an acceptance.
    """

    identity: str
    rule: IssueRule
    level: IssueLevel
    severity: Severity
    text: str
    nth: int = 1
    hint: str = ""
    shop: str = ""
    field: str = ""
    path: str | None = None
    line: int = 1
    column: int = 1
    end_column: int = 2
    no_answer: bool = False
    weight: int = 0
    accepted_until: str | None = None

    @property
    def unique(self) -> str:
        """The identity and the number: no two issues of a result have the same."""
        return f"{self.identity}:{self.nth}"


_LEVELS: Final[Mapping[Severity, IssueLevel]] = {
    Severity.CRITICAL: IssueLevel.ERROR,
    Severity.ERROR: IssueLevel.ERROR,
    Severity.REFUSED: IssueLevel.ERROR,
    Severity.WARNING: IssueLevel.WARNING,
    Severity.NOTE: IssueLevel.NOTE,
}
_ORDER: Final = (Severity.CRITICAL, Severity.ERROR, Severity.REFUSED, Severity.WARNING, Severity.NOTE)
_NO_ANSWER: Final = frozenset({codes.UNREACHABLE, codes.MAINTENANCE, codes.THROTTLED})
_LABELS: Final[Mapping[DriftLabel, tuple[Severity, Message]]] = {
    DriftLabel.CONFLICT: (Severity.ERROR, msg("Git and the backend both changed a field")),
    DriftLabel.DRIFTED: (Severity.WARNING, msg("A field was changed at the backend")),
    DriftLabel.DIFFERS: (Severity.WARNING, msg("A field differs from its manifest")),
    DriftLabel.NOT_FOLLOWING: (Severity.WARNING, msg("A field does not follow the field that determines it")),
    DriftLabel.PENDING: (Severity.NOTE, msg("A change in Git is not applied yet")),
    DriftLabel.CONVERGED: (Severity.NOTE, msg("A field was changed by hand to what Git declares")),
}


def for_machines(context: RenderContext) -> RenderContext:
    """The same, in English: formats for other tools never change with the language."""
    return replace(context, language=language("en"), colour=False, width=None)


def issues_of(result: CommandResult, context: RenderContext) -> tuple[Issue, ...]:
    """The worst first, then by shop and place."""
    fleet = "" if result.identity is None else result.identity.fleet
    shops = _shop_origins(result)
    found = [_of_diagnostic(each, fleet, shops, context) for each in result.all_diagnostics]
    found += [_of_entry(entry, shop, fleet, context) for shop in _drifted(result) for entry in shop.entries]
    return tuple(_numbered(sorted(set(found), key=_sort_key)))


def _sort_key(issue: Issue) -> tuple[object, ...]:
    place = issue.path or "", issue.line, issue.column
    return (_ORDER.index(issue.severity), -issue.weight, issue.shop, *place, issue.rule.key, issue.field, issue.text)


def _numbered(issues: list[Issue]) -> Iterator[Issue]:
    seen: Counter[str] = Counter()
    for issue in issues:
        seen[issue.identity] += 1
        yield issue if seen[issue.identity] == 1 else replace(issue, nth=seen[issue.identity])


def _drifted(result: CommandResult) -> tuple[ShopDrift, ...]:
    drift = getattr(result, "drift", None)
    return () if drift is None else drift.shops_with_entries


def _shop_origins(result: CommandResult) -> Mapping[str, Origin]:
    """Where each shop is declared, for what is wrong with a shop as a whole."""
    subject = getattr(result, "drift", None) or getattr(result, "plan", None)
    return {} if subject is None else {shop.shop: shop.origin for shop in subject.shops}


def _of_diagnostic(one: Diagnostic, fleet: str, shops: Mapping[str, Origin], context: RenderContext) -> Issue:
    shop, field = one.shop or "", one.subject or ""
    origin = one.origin or shops.get(shop)
    owner = shop or ("" if origin is None else context.source_root.path(origin.file) or origin.file)
    return _placed(
        Issue(
            identity=finding_id(fleet, owner, field, one.code.number),
            rule=IssueRule(key=one.code.number, name=one.code.slug, title=one.code.title, code=one.code),
            level=_LEVELS[one.severity],
            severity=one.severity,
            text=context.translate(one.summary),
            hint="" if one.hint is None else context.translate(one.hint),
            shop=shop,
            field=field,
            no_answer=one.code in _NO_ANSWER,
        ),
        origin,
        context,
    )


def _of_entry(entry: DriftEntry, shop: ShopDrift, fleet: str, context: RenderContext) -> Issue:
    usual, title = _LABELS[entry.label]
    severity = Severity.NOTE if entry.accepted_until is not None else usual
    kind = LABEL_CLASSES[entry.label].value if entry.label in LABEL_CLASSES else entry.label.value
    words = entry.ref.spec.policy.words
    desired, observed = context.value_pair(entry.desired, entry.observed, words)
    text = context.translate(
        msg("{field}: {observed} at the backend, {desired} in Git", field=entry.ref.short_name, observed=observed,
            desired=desired)
    )  # fmt: skip
    note = drift_note(entry, context)
    return _placed(
        Issue(
            identity=finding_id(fleet, shop.shop, field_place(entry.ref), kind),
            rule=IssueRule(key=entry.label.value, name=entry.label.value, title=title),
            level=_LEVELS[severity],
            severity=severity,
            text=f"{text} ({note})" if note else text,
            shop=shop.shop,
            field=field_place(entry.ref),
            weight=entry_severity(entry, shop.labels) or 0,
            accepted_until=entry.accepted_until,
        ),
        entry.origin,
        context,
    )


def _placed(issue: Issue, origin: Origin | None, context: RenderContext) -> Issue:
    path = None if origin is None else context.source_root.path(origin.file)
    if origin is None or path is None:
        return issue
    line, column = max(origin.line, 1), max(origin.column, 1)
    shown = context.sources.get(origin)
    end = column + 1 if shown is None else shown.end_column or column + shown.length
    return replace(issue, path=path, line=line, column=column, end_column=max(end, column + 1))


def shown_path(issue: Issue) -> str:
    """Its file as text, for people."""
    return "" if issue.path is None else escape_unprintable(issue.path)
