"""Makes a plan: gather, compare, order, guard. It cannot write to a backend: the type it is handed has no way to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.conflicts import apply_conflict_guard
from reconciler.core.fleet_rules import check_fleet
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import AllowList, GuardContext, Limits, apply_guards
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.plan_secrets import refuse_unresolved
from reconciler.core.planning.secret_changes import AppliedReferences, only_confirmed
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.runs.events import ShopInSync
from reconciler.core.runs.last_applied import in_sync_event
from reconciler.core.values import ShopKey
from reconciler.lib.event_log import Level, log_event, logging_events
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, Manifest, Manifests, ObservingBackend, Secrets
from reconciler.ports.sync_cache import CachedPage, PagedBackend
from reconciler.workflows.check_selection import unmatched_selection, unused_allowance_warnings
from reconciler.workflows.gather import DesiredObserved, observe_in_chunks
from reconciler.workflows.maintenance_window import minutes_of_day
from reconciler.workflows.onboarding.attested import expired_attestations
from reconciler.workflows.other_runs import warn_busy_shops, warn_owed_reopenings
from reconciler.workflows.session import Session
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class PlanRequest:
    """`allowed` pairs guards with patterns of shop keys. `require_secrets`: a shop with a missing secret is not
    planned. `out`: the file that the plan is saved to. `detailed`: the exit code distinguishes changes from none.
    """

    selection: Selection = field(default_factory=Selection)
    allowed: tuple[tuple[str, str], ...] = ()
    require_secrets: bool = False
    out: Path | None = None
    detailed: bool = False


async def plan_changes(session: Session, request: PlanRequest) -> PlanResult:
    """The use case `plan`: with guards, conflicts, busy shops and pending reopenings. Nothing is written but the plan's file.

    Raises BackendError where nothing at all can be read, SetupError where the store or the plan's file cannot be used.
    """
    planned, requests = await plan_selection(
        session, request.selection, request.allowed, require_secrets=request.require_secrets
    )
    names = planned.manifest.names
    unmatched = unmatched_selection(request.selection, names, session)
    unused = unused_allowance_warnings(request.allowed, planned.plan, names, request.selection, session)
    expired = expired_attestations(session, request.selection, frozenset(names))
    notices = () if request.out is None else (_save(session, request, planned, unmatched),)
    plan, left_closed = _with_other_runs(session, planned.plan)
    return PlanResult(
        plan=plan,
        left_closed=left_closed,
        detailed=request.detailed,
        diagnostics=(*planned.manifest.findings, *unmatched, *unused, *expired),
        requests=tuple(requests),
        notices=notices,
    )


async def plan_selection(
    session: Session,
    selection: Selection,
    allowed: tuple[tuple[str, str], ...],
    *,
    for_apply: bool = False,
    require_secrets: bool = False,
    others: int = 0,
) -> tuple[PlannedFleet, Sequence[RequestLogEntry]]:
    """The plan over a selection, with what waits for a person. `for_apply`: shops in sync are to be remembered, and each secret
    that is to be written has to be available. `others` counts shops outside the selection that belong to the same fleet.

    Raises BackendError where nothing at all can be read, SetupError where the store cannot be used.
    """
    inputs = PlanInputs(
        selection=selection,
        limits=session.guards,
        allowed=AllowList(entries=allowed),
        pace=session.pace,
        require_secrets=require_secrets,
        for_apply=for_apply,
        others=others,
    )
    with session.store.history() as history:
        key = session.digest_key() if for_apply and history is not None else None
        sources = DriftSources(history=history, key=key)
        async with session.observe() as backend:
            planned = await make_plan(
                inputs, session.manifests, session.secrets, backend, session.clock, sources=sources
            )
            requests = tuple(backend.requests)
    held = hold_conflicts(session, planned.plan, inputs.allowed)
    _log_planned(held)
    return replace(planned, plan=held), requests


def _log_planned(plan: Plan) -> None:
    """Shops in which something is to be written, or that something holds."""
    if not logging_events():
        return
    for shop in plan.shops:
        code = next((each.code.number for each in shop.findings if each.blocking), None)
        if code is not None and not shop.steps and not shop.changes:
            log_event("read-failed", level="warning", shop=shop.shop, code=code)
        elif shop.steps or code is not None:
            level: Level = "info" if code is None else "warning"
            log_event("shop-planned", level=level, shop=shop.shop, changes=len(shop.changes), code=code)


def hold_conflicts(session: Session, plan: Plan, allowed: AllowList) -> Plan:
    """What both Git and the backend changed since the last apply waits for a person. Raises SetupError."""
    with session.store.history() as history:
        if history is None:
            return plan
        sources = DriftSources(history=history, key=session.digest_key())
        return apply_conflict_guard(plan, sources.last_applied([shop.shop for shop in plan.changed]), allowed)


def _with_other_runs(session: Session, plan: Plan) -> tuple[Plan, frozenset[ShopKey]]:
    """With warnings about other runs: one that is writing its shops, one that may have left a shop closed. Also returns
    the shops that may have been left closed.
    """
    with session.store.history() as history:
        left = () if history is None else history.unfinished()
    with session.store.active_leases() as held:
        warned = warn_busy_shops(warn_owed_reopenings(plan, left), held)
    closed = {shop.shop for shop in left if shop.closed}
    return warned, frozenset(shop.shop for shop in plan.shops if shop.shop in closed)


def _save(session: Session, request: PlanRequest, planned: PlannedFleet, unmatched: Sequence[Diagnostic]) -> Message:
    """A plan of only a part of the selection is not saved: a later apply would not notice."""
    assert request.out is not None
    if unmatched:
        return msg("The plan was not saved: part of the selection does not exist")
    if planned.manifest.broken:
        return msg("The plan was not saved: not all selected manifests are valid")
    session.plans.save(request.out, planned.plan, request.allowed)
    return msg("The plan was saved: apply it with `reconciler apply {file}`", file=str(request.out))


@frozen
class PlanInputs:
    selection: Selection = field(default_factory=Selection)
    limits: Limits = field(default_factory=Limits)
    allowed: AllowList = field(default_factory=AllowList)
    pace: RequestPace = field(default_factory=RequestPace)
    require_secrets: bool = False
    for_apply: bool = False
    others: int = 0


@frozen
class PlannedFleet:
    """`manifest` holds what could not be understood of the manifests; the plan covers the rest. `agreed` is what an apply should
    remember of the shops in which nothing is to be written; empty where no evidence was given. `pages` are those of the
    backend that it was made from, if all shops were on pages.
    """

    plan: Plan
    manifest: Manifest
    in_sync: tuple[ShopInSync, ...] = ()
    pages: tuple[CachedPage, ...] = ()


async def make_plan(
    request: PlanInputs,
    manifests: Manifests,
    secrets: Secrets,
    backend: ObservingBackend,
    clock: Clock,
    *,
    sources: DriftSources | None = None,
) -> PlannedFleet:
    """Raises BackendError only where nothing at all can be read; and what the history of `sources` raises."""
    manifest = manifests.read(request.selection)
    planned = _PlannedShops(request, sources or DriftSources())
    chunks = observe_in_chunks(manifest.shops, secrets, backend, require_secrets=request.require_secrets)
    async with aclosing(chunks) as coming:
        async for pairs in coming:
            planned.add(pairs)
    watch = GuardContext(
        limits=request.limits,
        allowed=request.allowed,
        minutes=minutes_of_day(clock.now(), {desired.maintenance.time_zone for desired in manifest.shops}),
    )
    plan = apply_guards(planned.plan(manifest.unchanged), watch)
    agreed = tuple(sorted(planned.agreed, key=lambda event: event.shop))
    pages = tuple(backend.pages) if isinstance(backend, PagedBackend) else ()
    return PlannedFleet(plan=plan, manifest=manifest, in_sync=agreed, pages=pages)


_STATES_KEPT: Final = 20_000
"""Shops to be written of which an apply keeps what was observed, 2.5 KB each."""


class _PlannedShops:
    """Each shop's plan, chunk by chunk. Nearly all that was observed is dropped: that of a whole fleet would fill the memory."""

    def __init__(self, request: PlanInputs, known: DriftSources) -> None:
        self._request = request
        self._known = known
        self._wishes: list[Desired] = []
        self._plans: list[ShopPlan] = []
        self._kept = 0
        self.agreed: list[ShopInSync] = []

    def add(self, pairs: Sequence[DesiredObserved]) -> None:
        applied = self._known.applied_references(pairs)
        plans = [self._plan_of(desired, observed, applied.get(desired.shop, {})) for desired, observed in pairs]
        self._wishes += (desired for desired, _ in pairs)
        self._plans += plans
        if self._request.for_apply:
            self.agreed += _agreed(plans, pairs, self._known)

    def plan(self, unchanged: int) -> Plan:
        """With what the rules over the fleet say of a shop or of the whole."""
        by_shop: dict[ShopKey | None, list[Diagnostic]] = {}
        for finding in check_fleet(sorted(self._wishes, key=lambda desired: desired.shop)):
            by_shop.setdefault(finding.shop, []).append(finding)
        return build_plan(
            (_with_findings(plan, by_shop.get(plan.shop, ())) for plan in self._plans),
            findings=tuple(by_shop.get(None, ())),
            unchanged_shops=unchanged + self._request.others,
        )

    def _plan_of(self, desired: Desired, observed: Observed, applied: AppliedReferences) -> ShopPlan:
        plan = plan_shop(desired, observed, self._request.pace, applied)
        if plan.planned_from is not None:
            self._kept += self._request.for_apply
            if not self._request.for_apply or self._kept > _STATES_KEPT:
                plan = replace(plan, planned_from=None)
        return refuse_unresolved(plan, desired) if self._request.for_apply else plan


def _with_findings(plan: ShopPlan, more: Sequence[Diagnostic]) -> ShopPlan:
    found = (*plan.findings, *more)
    return replace(plan, findings=sort_diagnostics(found)) if found else plan


def _agreed(plans: Sequence[ShopPlan], pairs: Sequence[DesiredObserved], known: DriftSources) -> Iterator[ShopInSync]:
    """If something is to be written, the apply itself reads all of the shop back: except a secret that matches and of which only
    the reference changed.
    """
    quiet = [
        pair
        for plan, pair in zip(plans, pairs, strict=True)
        if not plan.changes or only_confirmed(plan.changes, pair[1])
    ]
    for desired, observed, past in known.with_last_applied(quiet):
        news = in_sync_event(desired, observed, past)
        if news is not None:
            yield news
