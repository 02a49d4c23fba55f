"""`reconciler plan`: what would an apply change? Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _
from reconciler.cli.options import allowing, reporting, selecting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics import Diagnostic
    from reconciler.core.exits import Verdict
    from reconciler.core.selection import Selection
    from reconciler.ports import RequestLine
    from reconciler.wiring import Settings
    from reconciler.workflows.plan import Planned


@click.command(
    cls=Command,
    name="plan",
    short_help=_("Show what an apply would change; nothing is written."),
    help=_(
        "Compare the manifests of the shops named, or of all, with the live backend, and show what an apply would change."
    )
    + "\n\n"
    + _("Nothing is written. Shops whose manifest is not valid are told and left out."),
)
@selecting
@allowing
@reporting
def command(
    *, terminal: Terminal, config: Path | None, selection: Selection, grants: tuple[tuple[str, str], ...]
) -> Verdict:
    from reconciler.cli.run import unmatched, with_backend
    from reconciler.core.verdict import of_plan

    async def story(settings: Settings) -> Verdict:
        planned, requests = await observe_and_plan(settings, selection, grants)
        manifest = planned.manifest
        findings = (*manifest.findings, *unmatched(selection, len(manifest.shops), manifest.findings))
        terminal.findings(findings)
        terminal.write(_shown(planned, findings, terminal, terminal.log(requests)))
        return of_plan(planned.plan, findings)

    return with_backend(terminal, config, story)


async def observe_and_plan(
    settings: Settings, selection: Selection, grants: tuple[tuple[str, str], ...]
) -> tuple[Planned, Sequence[RequestLine]]:
    """With a backend that cannot write. Raises BackendError where nothing at all can be read."""
    from reconciler import wiring
    from reconciler.core.guards import Allowed
    from reconciler.workflows.plan import PlanRequest, make_plan

    request = PlanRequest(
        selection=selection,
        limits=wiring.limits(settings),
        allowed=Allowed(grants=grants),
        pace=wiring.pace(settings),
    )
    async with wiring.observer(settings) as backend:
        planned = await make_plan(
            request, wiring.manifests(settings), wiring.secrets(settings), backend, wiring.clock()
        )
        return planned, backend.requests


def _shown(
    planned: Planned,
    findings: Sequence[Diagnostic],
    terminal: Terminal,
    log: list[tuple[str, str, int | None]] | None,
) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.plan import plan_json

            return plan_json(planned.plan, findings, log)
        case "markdown":
            from reconciler.views.markdown.plan import plan_markdown

            return plan_markdown(planned.plan, findings, terminal.look())
        case _:
            from reconciler.views.text.plan import render_plan

            return render_plan(planned.plan, terminal.look())
