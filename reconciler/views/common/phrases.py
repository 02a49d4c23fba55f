"""Sentences that more than one format for people uses: steps, places, what a derived field follows.

In: values of the core and a context. Out: one-line strings without markup.

Fields that changed since a plan was made, as every format shows them: when planned, now, desired.

In: the diagnostics of a shop. Out: words and strings; each format has its own layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, StaleField
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.audit import actor_type_word
from reconciler.core.drift.drift import DriftEntry, ShopDrift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.model.field_names import find_field
from reconciler.core.model.policy import Owner, Policy
from reconciler.core.model.state import FieldRef
from reconciler.core.model.value_words import NO_WORDS
from reconciler.core.planning.change import Change, ChangeAction, Reason
from reconciler.core.planning.plan import ShopPlan, Step, StepKind
from reconciler.core.values import Scalar
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.field_names import full_field_name, kind_name

SEVERITY_WORDS: Final[dict[Severity, Message]] = {
    Severity.CRITICAL: msg("critical"),
    Severity.ERROR: msg("error"),
    Severity.REFUSED: msg("refused"),
    Severity.WARNING: msg("warning"),
    Severity.NOTE: msg("note"),
}
PROBLEM_WORDS: Final[dict[PaymentProblem, Message]] = {
    PaymentProblem.CREDENTIALS_REFUSED: msg("credentials refused"),
    PaymentProblem.BUTTONS_HIDDEN: msg("buttons hidden"),
    PaymentProblem.SWITCHED_OFF: msg("switched off"),
}
SIGNS: Final = {ChangeAction.ADD: "+", ChangeAction.CHANGE: "~", ChangeAction.REMOVE: "-"}
_DOES: Final[dict[StepKind, Message]] = {
    StepKind.CLOSE: msg("close"),
    StepKind.VERIFY: msg("verify"),
    StepKind.REOPEN: msg("reopen"),
}


def join_list(items: Sequence[str], context: RenderContext) -> str:
    """The items with the language's comma between them; nothing for none."""
    if not items:
        return ""
    return reduce(lambda left, right: context.translate(msg("{left}, {right}", left=left, right=right)), items)


def join_clauses(clauses: list[str], context: RenderContext) -> str:
    """Clauses joined and ended as the language joins and ends them."""
    joined = reduce(lambda left, right: context.translate(msg("{left}; {right}", left=left, right=right)), clauses)
    return context.translate(msg("{text}.", text=joined))


def change_reason(change: Change, context: RenderContext) -> str:
    """What a reader would otherwise wonder about a change; empty for what the manifest says plainly."""
    label = full_field_name(change.caused_by, context) if change.caused_by else ""
    match change.reason:
        case Reason.DERIVED:
            return context.translate(msg("follows {label}", label=label))
        case Reason.REWRITTEN:
            return context.translate(msg("written again so that dependent fields follow"))
        case Reason.SELLER_CHANGED:
            return context.translate(msg("registered again because {label} changes", label=label))
        case Reason.REFERENCE_CHANGED:
            return context.translate(msg("the reference changes"))
        case Reason.ROTATED:
            return context.translate(msg("rotated: the reference is unchanged"))
    return ""


def uncompared_clause(count: int, context: RenderContext) -> str:
    """Empty where every field was compared."""
    if not count:
        return ""
    return context.plural(
        "{count} field not compared (secret missing)", "{count} fields not compared (secrets missing)", count
    )


def step_sequence(shop: ShopPlan, context: RenderContext) -> str:
    """The steps in their order, the closure in brackets, and how long the shop is closed."""
    words = [step_phrase(step, context) for step in shop.steps]
    if shop.bracket is None:
        return " → ".join(words)
    words[shop.bracket.first] = f"[{words[shop.bracket.first]}"
    words[shop.bracket.last] = f"{words[shop.bracket.last]}]"
    closed = context.plural(
        "(closed for about {count} second)", "(closed for about {count} seconds)", shop.bracket.seconds
    )
    return f"{' → '.join(words)} {closed}"


def step_phrase(step: Step, context: RenderContext) -> str:
    """What it does, and to which kind."""
    if step.action is StepKind.WRITE:
        return context.translate(msg("write {kind}", kind=kind_name(step.kind, context)))
    return context.translate(_DOES[step.action])


def drift_note(entry: DriftEntry, context: RenderContext) -> str:
    """That the difference is accepted, or which side changed, where that is known."""
    if entry.accepted_until is not None:
        return context.translate(msg("accepted until {day}", day=entry.accepted_until))
    applied = context.value(entry.applied, entry.ref.spec.policy.words)
    match entry.label:
        case DriftLabel.NOT_FOLLOWING:
            return context.translate(
                msg("does not follow {label}", label=full_field_name(followed_field(entry.ref), context))
            )
        case DriftLabel.PENDING:
            return context.translate(msg("pending: changed in Git, not applied yet"))
        case DriftLabel.DRIFTED:
            return context.translate(msg("drifted: changed at the backend"))
        case DriftLabel.CONFLICT:
            return context.translate(
                msg(
                    "conflict: changed in Git and at the backend; last applied: {value}",
                    value=applied,
                )
            )
        case DriftLabel.CONVERGED:
            return context.translate(
                msg(
                    "converged by hand; last applied: {value}",
                    value=applied,
                )
            )
    return ""


def problem_words(shop: ShopDrift, context: RenderContext) -> str:
    """The classes of what keeps payments from working in the shop; empty where they work."""
    return join_list([context.translate(PROBLEM_WORDS[problem]) for problem in shop.problems], context)


def drift_values(entry: DriftEntry, context: RenderContext) -> tuple[str, str]:
    """Desired and observed; the observed one as a manifest writes it, where it may be copied there."""
    words = entry.ref.spec.policy.words
    desired, observed = context.value_pair(entry.desired, entry.observed, words)
    if entry.ref.manifest_path and words.word(entry.observed) is not None and not entry.informational:
        observed = context.value_to_copy(entry.observed, words)
    return desired, observed


def changed_note(entry: DriftEntry, context: RenderContext) -> str:
    """Who changed the field last, where the backend said so."""
    if entry.changed is None:
        return ""
    change = entry.changed
    by = actor_type_word(change.actor_type)
    return context.translate(msg("changed {at} by {actor} ({type})", at=change.at, actor=change.actor, type=by))


def ownership_label(ref: FieldRef, context: RenderContext) -> str:
    """Whose the field is: its place in a manifest, what it follows, or that it is issued."""
    policy = ref.spec.policy
    match policy.owner:
        case Owner.MANAGED:
            return _managed(ref, policy, context)
        case Owner.DERIVED:
            return context.translate(msg("follows {label}", label=followed_field(ref).display_name))
    return context.translate(msg("display only"))


def observed_value(ref: FieldRef, value: Scalar, context: RenderContext) -> str:
    """What a shop has; of a field that a manifest may declare, as it is typed there."""
    words = ref.spec.policy.words
    declared = ref.manifest_path is not None and words.word(value) is not None
    return context.value_to_copy(value, words) if declared else context.value(value, words)


def _managed(ref: FieldRef, policy: Policy, context: RenderContext) -> str:
    place = escape_unprintable(ref.manifest_path or "")
    return context.translate(msg("{place} (requires closing the shop)", place=place)) if policy.while_closed else place


def followed_field(ref: FieldRef) -> FieldRef:
    """The field that a derived one follows."""
    kind, _, field = (ref.spec.policy.follows or "").partition(".")
    return FieldRef(kind, field)


def changes_in_order(shop: ShopPlan) -> Iterator[Change]:
    """Each written change with what follows it right below."""
    for change in shop.written_changes:
        yield change
        yield from (other for other in shop.changes if other.derived and other.caused_by == change.ref)


def shown_values(change: Change, context: RenderContext) -> str:
    """Before and after; only once if a value is written again unchanged."""
    words = change.ref.spec.policy.words
    if change.reason is Reason.REWRITTEN:
        return context.value(change.after, words)
    return " → ".join(context.value_pair(change.before, change.after, words))


def location(finding: Diagnostic) -> str:
    if finding.origin is not None:
        return escape_unprintable(str(finding.origin))
    return str(finding.shop or "")


MOVED: Final = msg("fields in this plan changed after it was created")
MOVED_COLUMNS: Final = (msg("Field"), msg("When planned"), msg("Now"), msg("Desired"))


def moved_fields(findings: Sequence[Diagnostic]) -> Sequence[tuple[Diagnostic, StaleField]]:
    return [(finding, finding.stale_field) for finding in findings if finding.stale_field is not None]


def moved_values(finding: Diagnostic, field: StaleField, context: RenderContext) -> tuple[str, str, str]:
    """Of values too long to be shown, the part in which the present value differs from the planned-from value."""
    ref = find_field(finding.subject or "")
    words = NO_WORDS if ref is None else ref.spec.policy.words
    planned, now = context.value_pair(field.planned, field.now, words)
    return planned, now, context.value(field.wanted, words)
