"""`reconciler drift`: does the backend still stand as Git says? Nothing is written."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.options import changed_since_option, output_options, selection_options
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.drift.drift import Drift
    from reconciler.core.model.selection import Selection
    from reconciler.ports import UnfinishedShop
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="drift",
    short_help=_("Show where the backend stands otherwise than Git says."),
    help=_(
        "Compare the live backend with the manifests of the shops named, or of all, field by field, and show what differs."
    )
    + "\n\n"
    + _("Nothing is written."),
)
@selection_options
@changed_since_option
@output_options
def command(*, terminal: Terminal, config: Path | None, selection: Selection) -> ExitCode:
    from reconciler.cli.shell.error_boundary import run_async_command
    from reconciler.core.results.exit_status import exit_code_for_read

    async def story(settings: Settings) -> ExitCode:
        drift, log = await _looked_at(selection, settings, terminal)
        terminal.findings(drift.findings)
        terminal.write(_shown(drift, terminal, log))
        return exit_code_for_read(tuple(drift.all_findings), differs=drift.differs)

    return run_async_command(terminal, config, story)


async def _looked_at(selection: Selection, settings: Settings, terminal: Terminal) -> tuple[Drift, Log]:
    """With what was named and is not there, and with what runs that were cut off owe to the shops in question."""
    from dataclasses import replace

    from reconciler import wiring
    from reconciler.cli.slips import unmatched_selection
    from reconciler.workflows.drift.check import check_drift
    from reconciler.workflows.sources import DriftSources

    with wiring.history(settings) as history:
        # Without a history there is no digest to compare with, and looking makes no key.
        key = None if history is None else wiring.digest_key(settings)
        async with wiring.observer(settings, terminal.log_request) as backend:
            known = DriftSources(
                history=history,
                key=key,
                audit=wiring.audit(backend),
                notifications=wiring.notification_source(settings),
                other_endpoints=frozenset(settings.sidecar.other_endpoints),
            )
            shops, secrets = wiring.manifests(settings), wiring.secrets(settings)
            drift = await check_drift(selection, shops, secrets, backend, known, memory=wiring.sync_cache(settings))
            log = terminal.log(backend.requests)
        left = () if history is None else history.unfinished()
    names = frozenset(shop.shop for shop in drift.shops)
    findings = (*drift.findings, *unmatched_selection(selection, names, settings), *_owed(left, names))
    return replace(drift, findings=findings), log


def _owed(left: Sequence[UnfinishedShop], names: Container[str]) -> list[Diagnostic]:
    """What runs that were cut off owe to these shops."""
    if not left:
        return []  # without loading what goes on with a run
    from reconciler.workflows.recover import owed_reopening_diagnostics

    return [warning for warning in owed_reopening_diagnostics(left) if warning.shop in names]


def _shown(drift: Drift, terminal: Terminal, log: Log) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.drift import drift_json

            return drift_json(drift, log)
        case "markdown":
            from reconciler.views.markdown.drift import drift_markdown

            return drift_markdown(drift, terminal.render_context())
        case _:
            from reconciler.views.text.drift import render_drift

            return render_drift(drift, terminal.render_context())
