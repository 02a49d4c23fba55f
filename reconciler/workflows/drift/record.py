"""Records a drift check as a look: which findings it opened, changed and resolved, and what is news to a reader.

In: a session, a drift and the store. Out: nothing; the events are in the store. What resolved a finding is found out here, from
the journal and the manifests.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import NEWS, FindingClass, RecordedEvent, ResolvedBy
from reconciler.core.findings.sightings import SightingContext, scope_of, sightings_of
from reconciler.core.findings.transition import LookObservation, fold_look
from reconciler.core.healing.record import HealOutcome
from reconciler.core.model.canonical import to_canonical
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, value_at
from reconciler.core.values import UNSET, ShopKey
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc, parse_utc
from reconciler.ports import SetupError
from reconciler.ports.findings.finding_store import LookRecord

if TYPE_CHECKING:
    from reconciler.core.drift.drift import Drift
    from reconciler.core.findings.acceptance import Acceptance
    from reconciler.core.findings.finding import Finding
    from reconciler.core.findings.scope import LookScope
    from reconciler.core.model.canonical import DigestKey
    from reconciler.ports import History
    from reconciler.ports.findings.finding_store import FindingStore
    from reconciler.workflows.session import Session

_READ_BY_NAME: Final = 20
"""Of more shops all manifests are read: a pattern for each is slower."""


@frozen
class LookStart:
    """`seconds` is a time of the monotonic clock."""

    number: int
    seconds: float


@frozen
class LookOutcome:
    """What a check saw, beside its drift."""

    context: SightingContext
    drift: Drift
    acceptances: Sequence[Acceptance]
    requests: int


def begin_look(session: Session, store: FindingStore) -> LookStart:
    number = store.begin_look(session.target.fleet_name, format_utc(session.clock.now()))
    return LookStart(number=number, seconds=session.clock.monotonic())


def record_look(
    session: Session, store: FindingStore, start: LookStart, outcome: LookOutcome, history: History | None
) -> None:
    """Raises SetupError; then nothing of the look was recorded."""
    fleet, at = session.target.fleet_name, format_utc(session.clock.now())
    sightings = {each.key.id: each for each in sightings_of(outcome.drift, outcome.context)}
    scope = scope_of(outcome.drift, outcome.context)
    gone = [
        finding for finding in store.findings(fleet) if finding.key.id not in sightings and scope.knows(finding.key)
    ]
    observation = LookObservation(
        at=at,
        scope=scope,
        sightings=sightings,
        acceptances=outcome.acceptances,
        causes=_causes(session, gone, scope, history, outcome.context.key),
    )
    unread = {str(shop.shop): _reason(shop.findings) for shop in outcome.drift.shops_with_entries if shop.unknown}
    look = LookRecord(
        number=start.number,
        fleet=fleet,
        ended=at,
        seconds=max(0.0, session.clock.monotonic() - start.seconds),
        requests=outcome.requests,
        complete=scope.complete,
        compared=scope.compared - unread.keys(),
        unread=unread,
    )
    events = store.record_look(look, frozenset(sightings), lambda stored: fold_look(stored, observation))
    log_event(
        "look-ended",
        compared=len(look.compared),
        unread=len(unread),
        events=len(events),
        seconds=round(look.seconds, 3),
    )


def _reason(findings: Sequence[Diagnostic]) -> str:
    return next(finding.code.number for finding in findings if finding.blocking)


def news_since(store: FindingStore, fleet: str, position: int) -> Mapping[str, RecordedEvent]:
    """The findings that a person has to know of, by id, with the event that says so. What was settled since is none."""
    news: dict[str, RecordedEvent] = {}
    for recorded in store.events_after(fleet, position):
        name = recorded.event.finding.key.id
        if recorded.event.kind in NEWS:
            news[name] = recorded
        else:
            news.pop(name, None)
    return news


def not_recorded_warning(error: SetupError) -> Diagnostic:
    return diagnostic(
        codes.LOOK_NOT_RECORDED,
        msg("This check was not recorded: {why}", why=error.text),
        hint=error.hint or msg("`reconciler findings` does not know what it saw"),
    )


def _causes(
    session: Session,
    gone: Sequence[Finding],
    scope: LookScope,
    history: History | None,
    key: DigestKey | None,
) -> Mapping[str, ResolvedBy]:
    """What ended each finding: healing, a run that was to change the field, Git if it declares another value now, a person."""
    if not gone:
        return {}
    changed = _changed_since(gone, history)
    rest = [finding for finding in gone if not _is_applied(finding, changed)]
    declared = _declared(session, [finding for finding in rest if finding.key.shop in scope.compared])
    by_git = {finding.key.id: ResolvedBy.GIT for finding in rest if _is_declared_now(finding, declared, scope, key)}
    applied = {finding.key.id: ResolvedBy.APPLY for finding in gone if _is_applied(finding, changed)}
    return by_git | applied | dict.fromkeys(_healed(session, gone, applied), ResolvedBy.HEALING)


def _healed(session: Session, gone: Sequence[Finding], applied: Collection[str]) -> Iterator[str]:
    """The ids of those of which a heal is recorded since they were last seen. Whether a killed one wrote is not known:
    that some run did is enough.
    """
    with session.heals.open(create=False) as store:
        names = [finding.key.id for finding in gone]
        heals = {} if store is None else store.heals_of(session.target.fleet_name, names)
    for finding in gone:
        since = [heal for heal in heals.get(finding.key.id, ()) if heal.at >= finding.last_seen]
        if since and (since[-1].outcome is HealOutcome.HEALED or finding.key.id in applied):
            yield finding.key.id


def _changed_since(gone: Sequence[Finding], history: History | None) -> Mapping[str, frozenset[str]]:
    """By the id of the finding: the fields that runs changed in its shop since it was last seen."""
    if history is None:
        return {}
    by_time: dict[str, list[Finding]] = {}
    for finding in gone:
        by_time.setdefault(finding.last_seen, []).append(finding)
    found: dict[str, frozenset[str]] = {}
    for at, some in by_time.items():
        shops = sorted({ShopKey(each.key.shop) for each in some if each.key.kind is not FindingClass.FOREIGN_ENDPOINT})
        changed = history.changed_fields(shops, parse_utc(at))
        found.update((each.key.id, changed[ShopKey(each.key.shop)]) for each in some if each.key.shop in changed)
    return found


def _is_applied(finding: Finding, changed: Mapping[str, frozenset[str]]) -> bool:
    if finding.key.kind is FindingClass.LEFT_CLOSED:
        return True  # it is open until a run has read the shop
    if finding.key.id not in changed:
        return False
    ref = field_at(finding.key.field)
    return ref is None or str(ref) in changed[finding.key.id]


def _declared(session: Session, findings: Sequence[Finding]) -> Mapping[str, Desired]:
    shops = sorted({finding.key.shop for finding in findings if finding.key.field})
    if not shops:
        return {}
    selection = Selection(globs=tuple(shops)) if len(shops) <= _READ_BY_NAME else Selection()
    return {desired.shop: desired for desired in session.manifests.read(selection).shops}


def _is_declared_now(
    finding: Finding, declared: Mapping[str, Desired], scope: LookScope, key: DigestKey | None
) -> bool:
    """Whether Git is what moved: the field has another value there, or the shop has gained or lost its manifest."""
    if finding.key.kind is FindingClass.UNMANAGED:
        return finding.key.shop in scope.compared
    if finding.key.shop not in scope.compared:
        return finding.key.kind is not FindingClass.FOREIGN_ENDPOINT
    desired, ref = declared.get(finding.key.shop), field_at(finding.key.field)
    if desired is None or ref is None or ref.spec.policy.manifest_path is None:
        return False
    value = value_at(desired.values[ref.kind], ref) if ref.kind in desired.values else UNSET
    return value is UNSET or not _same_value(to_canonical(value, key), finding.desired)


def _same_value(now: object, before: object) -> bool:
    """Of a secret only the reference is known here."""
    if isinstance(now, dict) and isinstance(before, dict):
        return now.get("source") == before.get("source")
    return type(now) is type(before) and now == before


def older_than(findings: Sequence[Finding], at: str) -> Iterator[str]:
    """The ids of those that were opened at that time or before."""
    yield from (finding.key.id for finding in findings if finding.opened <= at)
