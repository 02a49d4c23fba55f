"""`reconciler drift`: whether the backend still matches Git. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import require_secrets_option
from reconciler.cli.options.executor import executor_option
from reconciler.cli.options.finding_filter import finding_filter_options
from reconciler.cli.options.output import exit_zero_option, expand_option, output_options, parallelism_option
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.fleet.scale_settings import ExecutorKind
    from reconciler.core.model.policy import FindingSeverity
    from reconciler.core.model.selection import Selection
    from reconciler.core.results.history_result import FleetRunResult
    from reconciler.workflows.session import Session


@click.command(
    cls=Command,
    name="drift",
    short_help=_("Detect drift between the backend and Git."),
    help=_(
        "Compare the backend with the manifests of the selected shops (default: all), field by field, and show the differences."
    )
    + "\n\n"
    + _("Nothing is written to the backend. If there is an alerts.yaml, what is new is sent to its channels."),
)
@selection_options
@changed_since_option
@require_secrets_option
@option("--unmanaged", is_flag=True, help=_("List the shops of the backend that have no manifest."))
@option(
    "--new", is_flag=True,
    help=_("Only what is new since the last check with --new; print nothing if nothing is. Needs a store that lasts."),
)  # fmt: skip
@option(
    "--metrics", type=click.Path(path_type=Path), metavar="FILE",
    help=_("Record the check, and write metrics for Prometheus to FILE (a textfile of node_exporter), also if nothing is new."),
)  # fmt: skip
@executor_option
@finding_filter_options
@option("--no-alerts", is_flag=True, help=_("Send no alerts after this check; the next check sends them."))
@exit_zero_option
@parallelism_option
@expand_option
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    selection: Selection,
    require_secrets: bool,
    unmanaged: bool,
    new: bool,
    metrics: Path | None,
    severity: FindingSeverity | None,
    owner: str | None,
    older_than: int | None,
    no_alerts: bool,
    executor: ExecutorKind | None,
    exit_zero: bool,
) -> ExitCode:
    from reconciler.cli.commands.status.metrics_file import write_metrics
    from reconciler.cli.shell.run_command import run_command
    from reconciler.core.results.drift_result import DriftResult
    from reconciler.core.results.table_result import NewFindingsResult
    from reconciler.workflows.drift.detect import DriftRequest
    from reconciler.workflows.drift.look import confirm_read
    from reconciler.workflows.fleet.hand_over import detect_or_hand_over

    request = DriftRequest(
        selection=selection,
        require_secrets=require_secrets,
        unmanaged=unmanaged,
        severity=severity,
        owner=owner,
        older_than=older_than,
        new=new,
        alerts=not no_alerts,
        record=metrics is not None,
    )

    def after(session: Session, result: DriftResult | FleetRunResult | NewFindingsResult) -> None:
        if isinstance(result, DriftResult | NewFindingsResult):
            confirm_read(session, result)
        if metrics is not None:
            write_metrics(session, metrics)

    return run_command(terminal, config, detect_or_hand_over, request, executor, exit_zero=exit_zero, after=after)
