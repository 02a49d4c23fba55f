"""What is known of fields of one shop: the line that declares each, who wrote it, the live value, who changed it, the last
apply.

In: a session, a desired shop and fields. Out: facts, field by field, and diagnostics. The backend and the store are only
read; where the backend does not answer, the facts have what Git and the store know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING

import anyio

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.audit import last_change
from reconciler.core.drift.drift import drift_of
from reconciler.core.drift.finding_id import field_place
from reconciler.core.drift.label import DriftLabel
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import FieldRef, Known, Observed, Unknown, scalars, value_at
from reconciler.core.planning.cascade import derived_values
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import UNSET
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Audit, BackendError, SecretMissing, SetupError
from reconciler.workflows.drift.trails import unread_trails
from reconciler.workflows.gather import resolve
from reconciler.workflows.sources import DriftSources
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from reconciler.core.drift.audit import AuditEntry
    from reconciler.core.findings.finding import Finding
    from reconciler.core.model.state import Desired
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.values import Origin, Scalar, ShopKey, Unset
    from reconciler.ports import AppliedValue, ObservingBackend
    from reconciler.ports.findings.line_authors import LineCommit
    from reconciler.workflows.session import Session


class FieldState(Enum):
    """How Git and the backend compare in one field: a drift label, or why there is none."""

    IN_SYNC = "in-sync"
    DRIFTED = "drifted"
    PENDING = "pending"
    CONFLICT = "conflict"
    DIFFERS = "differs"
    CONVERGED = "converged-by-hand"
    NOT_FOLLOWING = "not-following"
    NOT_MANAGED = "not-managed"
    ISSUED = "issued"
    UNCOMPARED = "uncompared"
    """Its secret is missing, or the backend does not offer the field."""
    UNREAD = "unread"
    """The backend did not answer."""


class LineState(Enum):
    COMMITTED = "committed"
    UNCOMMITTED = "uncommitted"
    CLONE_ENDS = "clone-ends"
    """A shallow clone has no older commit; one of them may have written the line."""


@frozen
class DeclaredLine:
    """`state` is None where Git does not know the file; `commit` where the line is not committed either."""

    origin: Origin
    state: LineState | None = None
    commit: LineCommit | None = None


@frozen
class FieldFacts:
    """`line` is that of the field, of a derived one that of the field which it follows; None where nothing declares it."""

    ref: FieldRef
    state: FieldState
    desired: Scalar | Unset = UNSET
    observed: Scalar | Unset = UNSET
    line: DeclaredLine | None = None
    changed: AuditEntry | None = None
    applied: AppliedValue | None = None
    applied_by: str | None = None
    finding: Finding | None = None


@frozen
class ShopFacts:
    declared: Desired
    fields: tuple[FieldFacts, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    notices: tuple[Message, ...] = ()
    requests: tuple[RequestLogEntry, ...] = ()


@frozen
class _Live:
    """What the backend said. `labels` are those of the fields that differ."""

    observed: Observed
    labels: Mapping[FieldRef, DriftLabel] = field(default_factory=dict)
    trail: Sequence[AuditEntry] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    requests: tuple[RequestLogEntry, ...] = ()


@frozen
class _Stored:
    """What the store knows of a shop. `actors` are those of its runs; findings are by the place of their field."""

    applied: Mapping[str, AppliedValue]
    actors: Mapping[str, str]
    findings: Mapping[str, Finding]
    past: LastApplied


async def gather_facts(session: Session, declared: Desired, refs: Sequence[FieldRef]) -> ShopFacts:
    """Raises SetupError where the store cannot be read."""
    declared = resolve(declared, session.secrets)
    return _shop_facts(session, declared, refs, await _live(session, declared.shop))


async def gather_all_facts(session: Session, declared: Desired, *, patience: float) -> ShopFacts:
    """Of all fields that are declared or live. A backend that cannot be used, or does not answer within so many
    seconds, is like one that does not answer. Raises SetupError as `gather_facts`.
    """
    declared = resolve(declared, session.secrets)
    live = await _patient_live(session, declared.shop, patience)
    refs = dict.fromkeys(ref for ref, _ in declared_values(declared))
    reads = [(kind, live.observed.reads[kind.name]) for kind in KINDS]
    refs |= dict.fromkeys(
        ref for kind, read in reads if isinstance(read, Known) for ref, _ in scalars(kind, read.value)
    )
    return _shop_facts(session, declared, tuple(refs), live)


def _shop_facts(session: Session, declared: Desired, refs: Sequence[FieldRef], live: _Live) -> ShopFacts:
    stored = _stored(session, declared.shop)
    drift = drift_of(declared, live.observed, plan_shop(declared, live.observed, RequestPace()), stored.past)
    live = replace(live, labels={entry.ref: entry.label for entry in drift.entries})
    lines, notices = _lines(session, declared, refs)
    return ShopFacts(
        declared=declared,
        fields=tuple(_facts(declared, ref, live, stored, lines.get(ref)) for ref in refs),
        diagnostics=live.diagnostics,
        notices=notices,
        requests=live.requests,
    )


async def _patient_live(session: Session, shop: ShopKey, patience: float) -> _Live:
    try:
        with anyio.fail_after(patience):
            return await _live(session, shop)
    except TimeoutError:
        text = msg("no answer within {seconds} s", seconds=round(patience))
        why = diagnostic(codes.UNREACHABLE, text, shop=shop)
    except (SetupError, SecretMissing) as error:
        why = diagnostic(error.code, error.text, hint=error.hint, shop=shop)
    return _Live(observed=Observed.unknown(shop, why), diagnostics=(why,))


async def _live(session: Session, shop: ShopKey) -> _Live:
    async with session.observe() as backend:
        try:
            observed = await _observe(shop, backend)
        except BackendError as error:
            hint = msg("The values of the backend are missing; `reconciler doctor` checks the connection")
            why = diagnostic(error.code, error.text, hint=hint, shop=shop)
            return _Live(observed=Observed.unknown(shop, why), diagnostics=(why,), requests=tuple(backend.requests))
        unread = tuple(read.reason for read in observed.reads.values() if isinstance(read, Unknown))
        trail: Sequence[AuditEntry] = ()
        if isinstance(backend, Audit):
            try:
                trail = await backend.last_changes(shop)
            except BackendError as error:
                unread += tuple(unread_trails([(shop, error)], 1))
        return _Live(
            observed=observed,
            trail=trail,
            diagnostics=tuple(dict.fromkeys(unread)),
            requests=tuple(backend.requests),
        )


async def _observe(shop: ShopKey, backend: ObservingBackend) -> Observed:
    async for observed in backend.observe([shop]):
        return (await observed_with_suggestions([observed], backend))[0]
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")


def _stored(session: Session, shop: ShopKey) -> _Stored:
    with session.findings.open(create=False) as store:
        found = () if store is None else store.findings(session.target.fleet_name)
    findings = {each.key.field: each for each in found if each.key.shop == shop and each.key.field}
    with session.store.history() as history:
        if history is None:
            return _Stored(applied={}, actors={}, findings=findings, past=LastApplied())
        sources = DriftSources(history=history, key=session.digest_key())
        applied = history.last_applied([shop]).get(shop, {})
        return _Stored(
            applied=applied,
            actors=history.actors({each.run for each in applied.values()}),
            findings=findings,
            past=sources.last_applied([shop]).get(shop, LastApplied(key=sources.key)),
        )


def _facts(declared: Desired, ref: FieldRef, live: _Live, stored: _Stored, line: DeclaredLine | None) -> FieldFacts:
    desired = _desired(declared, live.observed, ref)
    applied = stored.applied.get(str(ref))
    return FieldFacts(
        ref=ref,
        state=_state(declared, ref, live, desired),
        desired=desired,
        observed=live.observed.value(ref),
        line=line,
        changed=last_change(live.trail, ref, live.observed),
        applied=applied,
        applied_by=None if applied is None else stored.actors.get(applied.run),
        finding=stored.findings.get(field_place(ref)),
    )


def _desired(declared: Desired, observed: Observed, ref: FieldRef) -> Scalar | Unset:
    if ref.spec.policy.owner is Owner.DERIVED:
        return next((should for each, should, _ in derived_values(observed) if each == ref), UNSET)
    return value_at(declared.values[ref.kind], ref) if ref.kind in declared.values else UNSET


def _state(declared: Desired, ref: FieldRef, live: _Live, desired: Scalar | Unset) -> FieldState:
    observed, label = live.observed, live.labels.get(ref)
    if isinstance(observed.reads[ref.kind], Unknown):
        return FieldState.UNREAD
    if label is not None:
        return FieldState(label.value)
    if ref.spec.policy.owner is Owner.ISSUED:
        return FieldState.ISSUED
    if desired is UNSET:
        return FieldState.NOT_MANAGED
    missing = any(each.ref == ref for each in declared.unresolved)
    return FieldState.UNCOMPARED if missing or observed.value(ref) is UNSET else FieldState.IN_SYNC


def _lines(
    session: Session, declared: Desired, refs: Sequence[FieldRef]
) -> tuple[Mapping[FieldRef, DeclaredLine], tuple[Message, ...]]:
    """Each file is requested once. Without Git the places remain, and one notice says why."""
    origins = {ref: origin for ref in refs if (origin := _origin(declared, ref)) is not None}
    authors, commits = session.line_authors(), dict[str, Sequence["LineCommit | None"]]()
    try:
        for file in dict.fromkeys(origin.file for origin in origins.values()):
            commits[file] = authors.commits_of(file)
    except SetupError as error:
        notice = msg("Who wrote the lines is unknown: {reason}", reason=error.text)
        return {ref: DeclaredLine(origin=origin) for ref, origin in origins.items()}, (notice,)
    return {ref: _line(origin, commits[origin.file]) for ref, origin in origins.items()}, ()


def _line(origin: Origin, commits: Sequence[LineCommit | None]) -> DeclaredLine:
    commit = None
    with suppress(IndexError):  # a file that changed since it was read
        commit = commits[origin.line - 1]
    if commit is None:
        return DeclaredLine(origin=origin, state=LineState.UNCOMMITTED)
    state = LineState.CLONE_ENDS if commit.clone_ends else LineState.COMMITTED
    return DeclaredLine(origin=origin, state=state, commit=commit)


def _origin(declared: Desired, ref: FieldRef) -> Origin | None:
    policy = ref.spec.policy
    if policy.follows is not None:
        kind, _, name = policy.follows.partition(".")
        return declared.origins.get(FieldRef(kind, name).manifest_path or "")
    return None if ref.manifest_path is None else declared.origins.get(ref.manifest_path)
