"""`reconciler ci apply`: apply what was merged, as far as it was reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options
from reconciler.cli.options.approvals import leaves_option
from reconciler.cli.options.output import output_options, parallelism_option
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="apply",
    short_help=_("Apply what was merged and reviewed."),
    help=_(
        "Apply every shop that was merged in the last days (`limits.plan_age`) and whose plan is the one that was reviewed in its"
        " pull request. Other shops are refused, with the reason in the pull request. A shop outside its maintenance window is"
        " deferred until a later `ci apply`."
    )
    + "\n\n"
    + _("It can run any number of times: for each push to the default branch, and by schedule."),
)
@leaves_option
@option(
    "--before-merge",
    is_flag=True,
    help=_("Apply the pull request of this job before it is merged. It must contain the tip of its base branch."),
)
@allow_options
@parallelism_option
@output_options
def apply(
    *,
    terminal: Terminal,
    config: SettingsFile,
    leaves: tuple[Path, ...],
    before_merge: bool,
    grants: tuple[tuple[str, str], ...],
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged

    request = MergedApplyRequest(allowed=grants, leaves=leaves, before_merge=before_merge, language=terminal.language)
    return run_command(terminal, config, apply_merged, request, auto_approve=True)
