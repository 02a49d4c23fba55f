"""Applies an approved plan: compare once more, save the plan that takes the run back, write, report.

In: a session and the plan. Out: the report. A stop request ends it in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.guards import AllowList
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import WrittenRun
from reconciler.core.runs.report import Report, ShopOutcome, add_left_closed, fold
from reconciler.lib.event_log import log_context, logging_events
from reconciler.lib.frozen_class import frozen
from reconciler.ports import LeaseHeld
from reconciler.workflows.apply.ephemeral_store import ephemeral_store_warnings
from reconciler.workflows.apply.overrides import overrides_of
from reconciler.workflows.apply.rollout_lease import require_free_rollout, rollout_held_diagnostic, rollout_lease
from reconciler.workflows.apply.saved_rollout import drop_rollout, supersedes_rollout
from reconciler.workflows.drift.notifications import NotificationProbe
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.prepare import PreparedPlan, prepare
from reconciler.workflows.execution.run import ApplyContext, apply
from reconciler.workflows.execution.run_log import RunLog
from reconciler.workflows.other_runs import notify_wait

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.runs.events import ShopInSync
    from reconciler.core.values import Origin, ShopKey
    from reconciler.ports import Backend, LeaseInfo, RunInfo
    from reconciler.ports.journal import OpenRunStore
    from reconciler.ports.sync_cache import CachedPage
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.session import Session


@frozen
class ExecutionOptions:
    """How a plan is applied: all at once or in waves; what was allowed, for a run that continues this one; and what was seen of
    the shops in which nothing is to be written. `saved_as` is the plan as such a run reads it, where it is another: without the
    diagnostics of this hour. `reason`: why it was allowed, in a person's words. `left_closed`: why shops that earlier runs
    closed still are. `again`: the command line that applies the same once more. `origins`: where the manifests declare what they
    do; empty for a saved plan. `pages`: of the backend, that the plan was made from.
    """

    pacing: RolloutOptions | None = None
    allowed: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    in_sync: Sequence[ShopInSync] = ()
    saved_as: Plan | None = None
    left_closed: Sequence[Diagnostic] = ()
    again: str | None = None
    origins: Mapping[ShopKey, Mapping[str, Origin]] = field(default_factory=dict)
    pages: Sequence[CachedPage] = ()


async def execute_plan(
    session: Session,
    plan: Plan,
    options: ExecutionOptions,
    *,
    diagnostics: Sequence[Diagnostic] = (),
    requests: Sequence[RequestLogEntry] = (),
) -> ApplyResult:
    """`diagnostics` and `requests` are those of making the plan. Raises BackendError where nothing at all can be read."""
    with session.store.open() as store:
        async with session.write() as backend:
            prepared = await prepare(plan, backend, session.pace, session.digest_key(), pages=options.pages)
            warnings = ephemeral_store_warnings(session, prepared.plan)
            session.listener.on_diagnostics(warnings)
            info = session.new_run("apply", plan.fingerprint)
            undo_file = _save_undo(session, prepared, info)
            try:
                with log_context(run=info.run):
                    report = await _Execution(session, plan, prepared, options, info).run(store, backend)
            except LeaseHeld as held:
                session.plans.delete_undo(info.run)
                return _beside_a_rollout(
                    plan, held.by, options, diagnostics=(*diagnostics, *warnings), requests=requests
                )
            undo_file = _settle_undo(session, info, undo_file, report)
            return ApplyResult(
                report=add_left_closed(report, options.left_closed),
                diagnostics=(*diagnostics, *warnings),
                requests=(*requests, *backend.requests),
                written=WrittenRun(run=info.run, undo_file=undo_file),
                in_waves=options.pacing is not None,
                again=options.again,
            )


def _beside_a_rollout(
    plan: Plan,
    by: LeaseInfo,
    options: ExecutionOptions,
    *,
    diagnostics: Sequence[Diagnostic],
    requests: Sequence[RequestLogEntry],
) -> ApplyResult:
    held = replace(plan, findings=(*plan.findings, rollout_held_diagnostic(by)))
    return not_started(held, options.left_closed, ExitCode.REFUSED, diagnostics=diagnostics, requests=requests)


def not_started(
    plan: Plan,
    left_closed: Sequence[Diagnostic],
    status: ExitCode,
    *,
    diagnostics: Sequence[Diagnostic] = (),
    requests: Sequence[RequestLogEntry] = (),
) -> ApplyResult:
    """An apply that ended before its first shop."""
    return ApplyResult(
        report=add_left_closed(fold(plan, ()), left_closed),
        diagnostics=tuple(diagnostics),
        requests=tuple(requests),
        not_started=status,
    )


def _save_undo(session: Session, prepared: PreparedPlan, info: RunInfo) -> str | None:
    """The plan that takes the run back is on disk before the first write is sent."""
    if prepared.undo.empty or not _ready(prepared.plan):
        return None
    return session.plans.save_undo(info.run, prepared.undo)


def _settle_undo(session: Session, info: RunInfo, file: str | None, report: Report) -> str | None:
    """A run that certainly wrote nothing leaves no undo plan. Otherwise a hint names it."""
    if file is None:
        return None
    if not any(shop.done or shop.outcome in _MAY_HAVE_WRITTEN for shop in report.shops):
        session.plans.delete_undo(info.run)
        return None
    session.listener.on_hint(msg("To undo this run:"))
    session.listener.on_hint(
        msg("  reconciler apply {file}", file=file)
    )  # a line of its own: a narrow terminal has room for it
    return file


def _ready(plan: Plan) -> bool:
    """Whether something will be written."""
    held = any(finding.blocking for finding in plan.findings)
    return not held and any(shop.steps and not shop.blocked for shop in plan.shops)


_MAY_HAVE_WRITTEN: Final = (ShopOutcome.UNKNOWN, ShopOutcome.LEFT_CLOSED)


@frozen(kw_only=False)
class _Execution:
    session: Session
    plan: Plan
    prepared: PreparedPlan
    options: ExecutionOptions
    info: RunInfo

    async def run(self, store: OpenRunStore, backend: Backend) -> Report:
        """Raises LeaseHeld where the saved rollout of another run is in progress: then nothing was written."""
        context, pacing = self._context(store, backend), self.options.pacing
        if pacing is None or not _ready(self.prepared.plan):
            await self._drop_superseded(context)
            return await self._applied(context)
        if context.control is not None:  # a part of a fleet run, which is one rollout for all its workers
            return await self._applied(context)
        await require_free_rollout(self.session, context.leases)
        async with rollout_lease(self.session, context.leases, self.info.run, context.stop):
            return await self._rolled_out(context, pacing)

    async def _rolled_out(self, context: ApplyContext, pacing: RolloutOptions) -> Report:
        """A rollout is saved before its first write, so that `resume` can continue it."""
        options = self.options
        plan = options.saved_as or self.plan
        self.session.plans.save_rollout(self.info.run, plan, options.allowed, pacing.document(), options.reason)
        report = await self._applied(context)
        self._end_rollout(report)
        return report

    async def _applied(self, context: ApplyContext) -> Report:
        stop, course = context.stop, context.course
        waves, soak = ((), 0.0) if course is None else (course.waves, course.soak)
        with self.session.listener.during(self.prepared.plan, waves, soak):
            async with self.session.stop_signals.listening(stop.request, stop.request):
                return await apply(self.prepared.plan, context, self.options.in_sync)

    async def _drop_superseded(self, context: ApplyContext) -> None:
        """That of a run in progress is left to it: it refuses what changed since."""
        if not supersedes_rollout(self.session, self.prepared.plan):
            return
        with suppress(LeaseHeld):
            await require_free_rollout(self.session, context.leases)
            drop_rollout(self.session)

    def _context(self, store: OpenRunStore, backend: Backend) -> ApplyContext:
        session, pacing = self.session, self.options.pacing
        control = session.control
        return ApplyContext(
            backend=backend,
            journal=store.journal(self.info, self.prepared.plan),
            leases=store.leases(self.info),
            clock=session.clock,
            in_flight=session.execution.in_flight,
            longest_closed=session.execution.longest_closed,
            renew_every=session.execution.renew_every,
            new_key=session.new_write_key,
            stop=StopToken() if control is None else control.run_stop,
            control=control,
            executor=session.executor(),
            course=None if pacing is None else pacing.rollout(self.plan),
            allowed=AllowList(entries=self.options.allowed),
            health=self._health(),
            overrides=overrides_of(session, self.plan, AllowList(entries=self.options.allowed), self.options.reason),
            watchers=(session.listener, *((RunLog(self.prepared.plan),) if logging_events() else ())),
            origins=self.options.origins,
            on_wait=partial(notify_wait, session),
        )

    def _health(self) -> NotificationProbe | None:
        """None where no sidecar ever ran."""
        source = self.session.notifications()
        return None if source is None else NotificationProbe.for_plan(self.plan, source)

    def _end_rollout(self, report: Report) -> None:
        """A rollout that was finished is forgotten; any other is what `resume` continues."""
        if not (report.halted or report.interrupted or report.recording_failed):
            self.session.plans.delete_rollout()
