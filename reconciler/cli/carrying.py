"""Carrying a plan out that was approved: look once more, write down how to undo it, apply, report.

In: the plan and the settings. Out: the report on the terminal, and the verdict. Signals end it in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import wiring
from reconciler.cli.kept_order import set_aside
from reconciler.cli.shell.progress import progress
from reconciler.cli.shell.rollout_options import Pacing
from reconciler.cli.shell.run_async import in_loop
from reconciler.cli.shell.signals import until_stopped
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import Verdict
from reconciler.core.diagnostics.messages import say
from reconciler.core.planning.guards import Allowed
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import of_report
from reconciler.core.runs.events import ShopAgreed
from reconciler.core.runs.report import Report, with_left_closed
from reconciler.ports import RequestLine
from reconciler.wiring import Settings
from reconciler.workflows.drift.notifications import Listening
from reconciler.workflows.execution.cancellation import Stop
from reconciler.workflows.execution.prepare import Prepared, prepare
from reconciler.workflows.execution.run import Crew, apply


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a plan is carried out: all at once or in waves; what was allowed, for a run that goes on where this one stopped; and
    what was seen of the shops in which nothing is to be written. `kept` is the plan as such a run reads it, where it is another:
    without what was found out about this hour. `closed`: why shops that earlier runs closed still are.
    """

    pacing: Pacing | None = None
    grants: tuple[tuple[str, str], ...] = ()
    agreed: Sequence[ShopAgreed] = ()
    kept: Plan | None = None
    closed: Sequence[Diagnostic] = ()


def carry_out(
    plan: Plan,
    settings: Settings,
    terminal: Terminal,
    way: Way,
    *,
    findings: Sequence[Diagnostic] = (),
    requests: Sequence[RequestLine] = (),
) -> Verdict:
    """`findings` and `requests` are those of making the plan. Raises BackendError where nothing at all can be read."""
    report, written = in_loop(_execute, plan, settings, terminal, way)
    report = with_left_closed(report, way.closed)
    tell(report, findings, terminal, (*requests, *written))
    return of_report(report)


async def _execute(
    plan: Plan, settings: Settings, terminal: Terminal, way: Way
) -> tuple[Report, Sequence[RequestLine]]:
    stop = Stop()
    with wiring.store(settings) as opened:
        async with wiring.backend(settings, terminal.heard) as backend:
            ready = await prepare(plan, backend, wiring.pace(settings), wiring.digest_key(settings))
            info = wiring.run_info(settings, "apply", plan.fingerprint)
            _keep_undo(ready, settings, terminal, info.run)
            pacing = way.pacing
            kept = pacing is not None and any(shop.steps and not shop.blocked for shop in ready.plan.shops)
            if pacing is not None and kept:
                wiring.keep_order(settings, info.run, way.kept or plan, way.grants, pacing.document())
            else:
                set_aside(ready.plan, settings, terminal)
            crew = Crew(
                backend=backend,
                journal=wiring.journal(settings, opened, info, ready.plan),
                leases=wiring.leases(opened, info),
                clock=wiring.clock(),
                in_flight=wiring.in_flight(settings),
                longest_closed=settings.longest_closed,
                new_key=lambda: str(uuid.uuid4()),
                stop=stop,
                course=None if pacing is None else pacing.course(plan),
                allowed=Allowed(grants=way.grants),
                health=_health(settings, plan),
            )
            with progress(terminal, ready.plan, waves=pacing is not None) as watchers:
                watched = replace(crew, watchers=watchers)
                report = await until_stopped(lambda: apply(ready.plan, watched, way.agreed), stop, terminal)
            if pacing is not None and kept:
                _settle(report, settings, terminal, pacing)
            return report, tuple(backend.requests)


def _health(settings: Settings, plan: Plan) -> Listening | None:
    """None where no sidecar was ever at work."""
    ear = wiring.ear(settings)
    return None if ear is None else Listening.to(plan, ear)


def _settle(report: Report, settings: Settings, terminal: Terminal, pacing: Pacing) -> None:
    """An order that came to its end is forgotten; one that did not is what `resume` goes on with."""
    if not (report.halted or report.interrupted or report.broken):
        wiring.forget_order(settings)
    elif terminal.output == "text":
        again = say(
            "To go on with what is left: reconciler resume, or the same command again with {words}", words=pacing.words
        )
        terminal.note(again)


def _keep_undo(ready: Prepared, settings: Settings, terminal: Terminal, run: str) -> None:
    """The way back is on the disk before the first write leaves."""
    if ready.undo.empty:
        return
    path = settings.root / ".reconciler" / "undo" / f"{run}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    wiring.save_plan(settings, path, ready.undo, ())
    if terminal.output == "text":
        terminal.note(say("To undo this run: reconciler apply {file}", file=_near(path)))


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def tell(report: Report, findings: Sequence[Diagnostic], terminal: Terminal, requests: Sequence[RequestLine]) -> None:
    log = terminal.log(requests)
    match terminal.output:
        case "json":
            from reconciler.views.json.report import report_json

            terminal.write(report_json(report, findings, log))
        case "markdown":
            from reconciler.views.markdown.report import report_markdown

            terminal.write(report_markdown(report, findings, terminal.look()))
        case _:
            from reconciler.views.text.report import render_report

            terminal.write(render_report(report, terminal.look()))
