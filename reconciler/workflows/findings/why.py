"""The use cases `why` and `blame`: where a value comes from, who wrote it, who changed it at the backend, and what to do
next.

In: a shop, and for `why` one field. Out: a row for each field. Nothing is written. Where the backend does not answer, the
rows have what Git and the store know, and the result is one of a backend that does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.finding_id import field_place
from reconciler.core.findings.settle import settling_command
from reconciler.core.findings.words import CLASS_WORDS
from reconciler.core.healing.policy import actor_words
from reconciler.core.model.canonical import Json, dumps, to_canonical
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.policy import Owner
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.finding_row import SENSITIVE_CELL, author_cell
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import ABSENT, PRE_SET, UNSET, SealedSecret, Secret, SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.findings.field_facts import FieldFacts, FieldState, LineState, ShopFacts, gather_facts
from reconciler.workflows.findings.words import FIELD_STATE_WORDS, LINE_STATE_WORDS

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.model.state import Desired
    from reconciler.core.values import Scalar, ShopKey, Unset
    from reconciler.workflows.session import Session

FIELD_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("name", msg("English name")),
    ("label", msg("Japanese label")),
    ("screen", msg("Screen")),
    ("screen_name", msg("English screen name")),
    ("rule", msg("Rule")),
    ("state", msg("Comparison")),
    ("desired", msg("Desired")),
    ("secret", msg("Secret")),
    ("file", msg("File")),
    ("line", msg("Line")),
    ("layer", msg("Layer")),
    ("line_state", msg("Git")),
    ("commit", msg("Commit")),
    ("author", msg("Author")),
    ("committed", msg("Written")),
    ("observed", msg("Observed")),
    ("changed_by", msg("Changed by")),
    ("changed", msg("Changed")),
    ("applied_value", msg("Last applied value")),
    ("applied", msg("Applied")),
    ("applied_by", msg("Applied by")),
    ("run", msg("Run")),
    ("finding", msg("Finding")),
    ("finding_id", msg("Finding id")),
    ("command", msg("Next command")),
)
_BRIEF: Final = ("field", "state", "file", "line_state", "author", "committed", "changed_by", "changed")
"""What a terminal shows of each field of a shop."""
_NOTHING: Final = msg("The manifest declares no field.")
_SHORT_COMMIT: Final = 12


@frozen
class WhyRequest:
    shop: ShopKey
    field: FieldRef


async def explain_field(session: Session, request: WhyRequest) -> TableResult | FailureResult:
    """Raises SetupError where the store cannot be read."""
    desired, found = _declared(session, request.shop)
    if desired is None:
        return failure(*found)
    facts = await gather_facts(session, desired, [request.field])
    (one,) = facts.fields
    if request.field.entry is not None and one.state is FieldState.NOT_MANAGED and one.observed is UNSET:
        text = msg("{field} is not set", field=request.field.full_name)
        hint = msg("`reconciler show {shop}` lists all fields", shop=request.shop)
        return failure(diagnostic(codes.NOT_SET, text, hint=hint, shop=request.shop))
    return _result("why", facts, found, transposed=True)


async def blame_shop(session: Session, shop: ShopKey) -> TableResult | FailureResult:
    """Raises SetupError as `explain_field`."""
    desired, found = _declared(session, shop)
    if desired is None:
        return failure(*found)
    facts = await gather_facts(session, desired, [ref for ref, _ in declared_values(desired)])
    return _result("blame", facts, found, transposed=False)


def _declared(session: Session, shop: ShopKey) -> tuple[Desired | None, tuple[Diagnostic, ...]]:
    selection = Selection(globs=(shop,))
    manifest = session.manifests.read(selection)
    desired = next((each for each in manifest.shops if each.shop == shop), None)
    return desired, (*manifest.findings, *unmatched_selection(selection, manifest.names, session))


def _result(name: str, facts: ShopFacts, found: Sequence[Diagnostic], *, transposed: bool) -> TableResult:
    diagnostics = (*found, *facts.diagnostics)
    return TableResult(
        name=name,
        columns=FIELD_COLUMNS,
        rows=tuple(field_row(facts.declared, each) for each in facts.fields),
        empty=_NOTHING,
        transposed=transposed,
        brief=() if transposed else _BRIEF,
        status=exit_code_for_diagnostics(diagnostics),
        diagnostics=diagnostics,
        requests=facts.requests,
        notices=facts.notices,
    )


def field_row(desired: Desired, facts: FieldFacts) -> tuple[Cell, ...]:
    ref = facts.ref
    kind, policy = kind_named(ref.kind), ref.spec.policy
    english = f"{policy.title} {ref.entry}" if ref.entry else policy.title
    return (
        desired.shop,
        field_place(ref),
        english,
        ref.display_name,
        f"{kind.screen}>{ref.display_name}",
        f"{kind.title} > {english}",
        _rule(facts),
        NamedCell(facts.state.value, FIELD_STATE_WORDS[facts.state]),
        _scalar(facts.desired),
        _secret(facts),
        *_line(desired, facts),
        _scalar(facts.observed),
        *_change(facts),
        *_apply(facts),
        *_finding(facts),
        _command(desired.shop, facts),
    )


def _line(desired: Desired, facts: FieldFacts) -> tuple[Cell, ...]:
    """File, line, layer, state in Git, commit, author, time."""
    line = facts.line
    if line is None:
        return (None,) * 7
    origin = line.origin
    place = NamedCell(origin.file, msg("{file}:{line}", file=origin.file, line=origin.line))
    where = (place, origin.line, _layer(desired, origin.file))
    state = None if line.state is None else NamedCell(line.state.value, LINE_STATE_WORDS[line.state])
    commit = line.commit
    if commit is None or line.state is LineState.UNCOMMITTED:
        return (*where, state, None, None, None)
    short = NamedCell(commit.commit, Message(commit.commit[:_SHORT_COMMIT]))
    return (*where, state, short, commit.author, commit.at)


def _layer(desired: Desired, file: str) -> NamedCell:
    if file == desired.origin.file:
        return NamedCell("shop", msg("manifest of the shop"))
    if desired.group is not None and file.rpartition("/")[2].rpartition(".")[0] == desired.group:
        return NamedCell("group", msg("group {group}", group=desired.group))
    return NamedCell("defaults", msg("defaults of all shops"))


def _change(facts: FieldFacts) -> tuple[Cell, ...]:
    changed = facts.changed
    if changed is None:
        return (None, None)
    return author_cell(changed), changed.at


def _apply(facts: FieldFacts) -> tuple[Cell, ...]:
    applied = facts.applied
    if applied is None:
        return (None,) * 4
    by = None if facts.applied_by is None else NamedCell(facts.applied_by, actor_words(facts.applied_by))
    return _json(applied.value), format_utc(applied.at), by, applied.run


def _finding(facts: FieldFacts) -> tuple[Cell, ...]:
    finding = facts.finding
    if finding is None or not finding.present:
        return (None, None)
    return NamedCell(finding.key.kind.value, CLASS_WORDS[finding.key.kind]), finding.key.id


def _rule(facts: FieldFacts) -> NamedCell | None:
    policy = facts.ref.spec.policy
    if policy.follows is not None:
        kind, _, field = policy.follows.partition(".")
        name = FieldRef(kind, field).full_name
        return NamedCell("derived", msg("follows {field}", field=name))
    if policy.owner is Owner.ISSUED:
        return NamedCell("issued", msg("issued by the platform, read-only"))
    if PRE_SET in (facts.desired, facts.observed):
        return NamedCell("pre-set", msg("pre-set by Amazon, must not be changed"))
    return NamedCell("while-closed", msg("changes only while the shop is closed")) if policy.while_closed else None


def _scalar(value: Scalar | Unset) -> Cell:
    """As JSON. Of a secret its reference, or that the backend has one."""
    if isinstance(value, SealedSecret):
        return NamedCell("set", msg("(set, never shown)"))
    if isinstance(value, Secret):
        return value.source.uri
    if isinstance(value, SecretRef):
        return value.uri
    if value is UNSET:
        return None
    return NamedCell("null", msg("(not set)")) if value is ABSENT else _json(to_canonical(value))


def _json(value: Json) -> Cell:
    if isinstance(value, dict):
        source = value.get("source")
        return source if isinstance(source, str) else SENSITIVE_CELL
    return NamedCell("null", msg("(not set)")) if value is None else dumps(value)


def _secret(facts: FieldFacts) -> NamedCell | None:
    """Whether the secret that the manifest refers to is available here."""
    if isinstance(facts.desired, Secret):
        return NamedCell("available", msg("available"))
    return NamedCell("missing", msg("missing")) if isinstance(facts.desired, SecretRef) else None


_COMMANDS: Final[Mapping[FieldState, str]] = {
    FieldState.IN_SYNC: "reconciler history {shop} --steps",
    FieldState.CONVERGED: "reconciler history {shop} --steps",
    FieldState.DRIFTED: "reconciler apply {shop}",
    FieldState.NOT_FOLLOWING: "reconciler apply {shop}",
    FieldState.CONFLICT: "reconciler apply {shop} --take git:{shop}",
    FieldState.PENDING: "reconciler plan {shop}",
    FieldState.DIFFERS: "reconciler plan {shop}",
    FieldState.ISSUED: "reconciler explain {field}",
    FieldState.UNCOMPARED: "reconciler doctor",
    FieldState.UNREAD: "reconciler doctor",
}


def _command(shop: ShopKey, facts: FieldFacts) -> str | None:
    finding, policy = facts.finding, facts.ref.spec.policy
    if finding is not None and finding.unsettled and facts.state is not FieldState.UNREAD:
        return settling_command(finding)
    place = field_place(facts.ref)
    if facts.state is FieldState.NOT_MANAGED:
        adoptable = policy.owner is Owner.MANAGED and not policy.secret and facts.observed not in (UNSET, ABSENT)
        return f"reconciler adopt {shop} {place}" if adoptable else None
    return _COMMANDS[facts.state].format(shop=shop, field=place)
