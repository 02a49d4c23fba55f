"""Sentences that more than one format for people uses: steps, places, what a derived field follows.

In: values of the core and a look. Out: one-line strings without markup.

Fields that moved since a plan was made, as every format tells them: when planned, now, wanted.

In: the findings of a shop. Out: words and strings; how they are laid out is each format's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, MovedField, Severity
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.drift.drift import Entry, Label
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.policy import Owner, Policy
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Action, Change, Reason
from reconciler.core.planning.plan import Does, ShopPlan, Step
from reconciler.views.common.context import Look
from reconciler.views.common.display_width import visible

WORDS: Final[dict[Severity, Text]] = {
    Severity.ERROR: say("error"),
    Severity.REFUSED: say("refused"),
    Severity.WARNING: say("warning"),
    Severity.NOTE: say("note"),
}
SIGNS: Final = {Action.ADD: "+", Action.CHANGE: "~", Action.REMOVE: "-"}
_DOES: Final[dict[Does, Text]] = {
    Does.CLOSE: say("close"),
    Does.VERIFY: say("verify"),
    Does.REOPEN: say("reopen"),
}


def listed(items: Sequence[str], look: Look) -> str:
    """The items with the language's comma between them; nothing for none."""
    if not items:
        return ""
    return reduce(lambda left, right: look.tell(say("{left}, {right}", left=left, right=right)), items)


def sentence(clauses: list[str], look: Look) -> str:
    """Clauses joined and ended as the language joins and ends them."""
    joined = reduce(lambda left, right: look.tell(say("{left}; {right}", left=left, right=right)), clauses)
    return look.tell(say("{text}.", text=joined))


def why(change: Change, look: Look) -> str:
    """What a reader would otherwise wonder about a change; empty for what the manifest says plainly."""
    label = change.follows.called if change.follows else ""
    match change.reason:
        case Reason.FOLLOWS:
            return look.tell(say("follows {label}", label=label))
        case Reason.REASSERTED:
            return look.tell(say("written again, so that what should follow it does"))
        case Reason.SELLER_CHANGES:
            return look.tell(say("registered anew, since {label} changes", label=label))
    return ""


def route(shop: ShopPlan, look: Look) -> str:
    """The steps in their order, the bracket in brackets, and how long the shop is closed."""
    words = [step_phrase(step, look) for step in shop.steps]
    if shop.bracket is None:
        return " → ".join(words)
    words[shop.bracket.first] = f"[{words[shop.bracket.first]}"
    words[shop.bracket.last] = f"{words[shop.bracket.last]}]"
    closed = look.plural("closed for about {count} second", "closed for about {count} seconds", shop.bracket.seconds)
    return f"{' → '.join(words)}  {closed}"


def step_phrase(step: Step, look: Look) -> str:
    """What it does, and to which kind."""
    if step.does is Does.WRITE:
        return look.tell(say("write {kind}", kind=kind_named(step.kind).label))
    return look.tell(_DOES[step.does])


def drift_note(entry: Entry, look: Look) -> str:
    """Which side moved, where that is known."""
    match entry.label:
        case Label.NOT_FOLLOWING:
            return look.tell(say("does not follow {label}", label=_label_at(entry.ref.spec.policy.follows or "")))
        case Label.PENDING:
            return look.tell(say("pending: Git moved"))
        case Label.DRIFTED:
            return look.tell(say("drifted: the backend moved"))
        case Label.CONFLICT:
            return look.tell(say("conflict: both moved; {value} was applied", value=look.value(entry.applied)))
        case Label.CONVERGED:
            return look.tell(say("converged by hand; {value} was applied", value=look.value(entry.applied)))
    return ""


def changed_note(entry: Entry, look: Look) -> str:
    """Who changed the field last, where the backend said so."""
    if entry.changed is None:
        return ""
    change = entry.changed
    return look.tell(say("changed {at} by {actor} ({type})", at=change.at, actor=change.actor, type=change.actor_type))


def owner_mark(ref: FieldRef, look: Look) -> str:
    """Whose the field is: its place in a manifest, what it follows, or that it is issued."""
    policy = ref.spec.policy
    match policy.owner:
        case Owner.OURS:
            return _managed(ref, policy)
        case Owner.DERIVED:
            return look.tell(say("follows {label}", label=_label_at(policy.follows or "")))
    return look.tell(say("display only"))


def _managed(ref: FieldRef, policy: Policy) -> str:
    place = visible(ref.declared or "")
    return f"{place} (要閉店)" if policy.while_closed else place


def _label_at(follows: str) -> str:
    kind, _, field = follows.partition(".")
    return FieldRef(kind, field).called


def changes_in_order(shop: ShopPlan) -> Iterator[Change]:
    """Each written change with what follows it right below."""
    for change in shop.written:
        yield change
        yield from (other for other in shop.changes if other.derived and other.follows == change.ref)


def shown_values(change: Change, look: Look) -> str:
    """Before and after; once only where a value is written again as it stands."""
    if change.reason is Reason.REASSERTED:
        return look.value(change.after)
    return " → ".join(look.pair(change.before, change.after))


def place_of(finding: Diagnostic) -> str:
    if finding.origin is not None:
        return visible(str(finding.origin))
    return str(finding.shop or "")


MOVED: Final = say("what the plan writes stands otherwise by now")
MOVED_COLUMNS: Final = (say("Field"), say("When planned"), say("Now"), say("Wanted"))


def moved_fields(findings: Sequence[Diagnostic]) -> Sequence[tuple[Diagnostic, MovedField]]:
    return [(finding, finding.moved) for finding in findings if finding.moved is not None]


def moved_values(field: MovedField, look: Look) -> tuple[str, str, str]:
    """Of values too long to be shown, the part in which what stands now differs from what was planned from."""
    planned, now = look.pair(field.planned, field.now)
    return planned, now, look.value(field.wanted)
