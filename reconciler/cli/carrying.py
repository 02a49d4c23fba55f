"""Carrying a plan out that was approved: look once more, write down how to undo it, apply, report.

In: the plan and the settings. Out: the report on the terminal, and the verdict. Signals end it in order.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import anyio

from reconciler import wiring
from reconciler.cli.interrupt import until_stopped
from reconciler.cli.progress import progress
from reconciler.cli.terminal import Terminal
from reconciler.core.diagnostics import Diagnostic
from reconciler.core.exits import Verdict
from reconciler.core.plan import Plan
from reconciler.core.report import Report
from reconciler.core.texts import say
from reconciler.core.verdict import of_report
from reconciler.ports import RequestLine
from reconciler.wiring import Settings
from reconciler.workflows.apply import Crew, apply
from reconciler.workflows.prepare import Prepared, prepare
from reconciler.workflows.stop import Stop


def carry_out(
    plan: Plan,
    settings: Settings,
    terminal: Terminal,
    findings: Sequence[Diagnostic],
    requests: Sequence[RequestLine],
) -> Verdict:
    """`findings` and `requests` are those of making the plan. Raises BackendError where nothing at all can be read."""
    report, written = anyio.run(_execute, plan, settings, terminal)
    tell(report, findings, terminal, (*requests, *written))
    return of_report(report)


async def _execute(plan: Plan, settings: Settings, terminal: Terminal) -> tuple[Report, Sequence[RequestLine]]:
    stop = Stop()
    with progress(terminal) as bars, wiring.store(settings) as opened:
        async with wiring.backend(settings) as backend:
            ready = await prepare(plan, backend, wiring.pace(settings), wiring.digest_key(settings))
            info = wiring.run_info(settings, "apply", plan.fingerprint)
            crew = Crew(
                backend=backend,
                journal=wiring.journal(settings, opened, info, ready.plan),
                leases=wiring.leases(opened, info),
                clock=wiring.clock(),
                watchers=bars,
                in_flight=wiring.in_flight(settings),
                new_key=lambda: str(uuid.uuid4()),
                stop=stop,
            )
            _keep_undo(ready, settings, terminal, info.run)
            report = await until_stopped(lambda: apply(ready.plan, crew), stop, terminal)
            return report, tuple(backend.requests)


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
