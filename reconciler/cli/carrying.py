"""Carrying a plan out that was approved: look once more, write down how to undo it, apply, report.

In: the plan and the settings. Out: the report on the terminal, and the verdict. Signals end it in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import wiring
from reconciler.cli.kept_order import drop_superseded_rollout
from reconciler.cli.shell.progress import progress_listener
from reconciler.cli.shell.rollout_options import RolloutOptions
from reconciler.cli.shell.run_async import run_async
from reconciler.cli.shell.signals import run_until_stopped
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import exit_code_for_report
from reconciler.core.runs.events import ShopInSync
from reconciler.core.runs.report import Report, add_left_closed
from reconciler.ports import RequestLogEntry
from reconciler.wiring import Settings
from reconciler.workflows.drift.notifications import NotificationProbe
from reconciler.workflows.execution.cancellation import StopToken
from reconciler.workflows.execution.prepare import PreparedPlan, prepare
from reconciler.workflows.execution.run import ApplyContext, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionOptions:
    """How a plan is carried out: all at once or in waves; what was allowed, for a run that goes on where this one stopped; and
    what was seen of the shops in which nothing is to be written. `kept` is the plan as such a run reads it, where it is another:
    without what was found out about this hour. `closed`: why shops that earlier runs closed still are.
    """

    pacing: RolloutOptions | None = None
    grants: tuple[tuple[str, str], ...] = ()
    agreed: Sequence[ShopInSync] = ()
    kept: Plan | None = None
    closed: Sequence[Diagnostic] = ()


def execute_plan(
    plan: Plan,
    settings: Settings,
    terminal: Terminal,
    way: ExecutionOptions,
    *,
    findings: Sequence[Diagnostic] = (),
    requests: Sequence[RequestLogEntry] = (),
) -> ExitCode:
    """`findings` and `requests` are those of making the plan. Raises BackendError where nothing at all can be read."""
    report, written = run_async(_execute, plan, settings, terminal, way)
    report = add_left_closed(report, way.closed)
    show_report(report, findings, terminal, (*requests, *written))
    return exit_code_for_report(report)


async def _execute(
    plan: Plan, settings: Settings, terminal: Terminal, way: ExecutionOptions
) -> tuple[Report, Sequence[RequestLogEntry]]:
    stop = StopToken()
    with wiring.open_run_store(settings) as opened:
        async with wiring.backend(settings, terminal.log_request) as backend:
            ready = await prepare(plan, backend, wiring.pace(settings), wiring.digest_key(settings))
            info = wiring.new_run_info(settings, "apply", plan.fingerprint)
            _keep_undo(ready, settings, terminal, info.run)
            pacing = way.pacing
            kept = pacing is not None and any(shop.steps and not shop.blocked for shop in ready.plan.shops)
            if pacing is not None and kept:
                wiring.save_rollout(settings, info.run, way.kept or plan, way.grants, pacing.document())
            else:
                drop_superseded_rollout(ready.plan, settings, terminal)
            crew = ApplyContext(
                backend=backend,
                journal=wiring.journal(settings, opened, info, ready.plan),
                leases=wiring.leases(opened, info),
                clock=wiring.clock(),
                in_flight=wiring.in_flight(settings),
                longest_closed=settings.longest_closed,
                new_key=lambda: str(uuid.uuid4()),
                stop=stop,
                course=None if pacing is None else pacing.rollout(plan),
                allowed=AllowList(entries=way.grants),
                health=_health(settings, plan),
            )
            with progress_listener(terminal, ready.plan, waves=pacing is not None) as watchers:
                watched = replace(crew, watchers=watchers)
                report = await run_until_stopped(lambda: apply(ready.plan, watched, way.agreed), stop, terminal)
            if pacing is not None and kept:
                _finish_rollout(report, settings, terminal, pacing)
            return report, tuple(backend.requests)


def _health(settings: Settings, plan: Plan) -> NotificationProbe | None:
    """None where no sidecar was ever at work."""
    ear = wiring.notification_source(settings)
    return None if ear is None else NotificationProbe.for_plan(plan, ear)


def _finish_rollout(report: Report, settings: Settings, terminal: Terminal, pacing: RolloutOptions) -> None:
    """An order that came to its end is forgotten; one that did not is what `resume` goes on with."""
    if not (report.halted or report.interrupted or report.recording_failed):
        wiring.delete_rollout(settings)
    elif terminal.output == "text":
        again = msg(
            "To go on with what is left: reconciler resume, or the same command again with {words}",
            words=pacing.to_args,
        )
        terminal.info(again)


def _keep_undo(ready: PreparedPlan, settings: Settings, terminal: Terminal, run: str) -> None:
    """The way back is on the disk before the first write leaves."""
    if ready.undo.empty:
        return
    path = settings.root / ".reconciler" / "undo" / f"{run}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    wiring.save_plan(settings, path, ready.undo, ())
    if terminal.output == "text":
        terminal.info(msg("To undo this run: reconciler apply {file}", file=_relative_path(path)))


def _relative_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def show_report(
    report: Report, findings: Sequence[Diagnostic], terminal: Terminal, requests: Sequence[RequestLogEntry]
) -> None:
    log = terminal.log(requests)
    match terminal.output:
        case "json":
            from reconciler.views.json.report import report_json

            terminal.write(report_json(report, findings, log))
        case "markdown":
            from reconciler.views.markdown.report import report_markdown

            terminal.write(report_markdown(report, findings, terminal.render_context()))
        case _:
            from reconciler.views.text.report import render_report

            terminal.write(render_report(report, terminal.render_context()))
