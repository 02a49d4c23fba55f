"""`reconciler ci issues`: one issue at the forge for each owner of open findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="issues",
    short_help=_("Keep one issue per owner of open findings."),
    help=_(
        "Keep one issue at the forge for each owner of open findings: create it, edit it in place, close it when all findings are"
        " settled, and open it again when there are new ones. Run it after `reconciler drift`, with the same store."
    )
    + "\n\n"
    + _("No comment is written, and an issue that is up to date is not touched. The backend is not read."),
)
@option("--dry-run", is_flag=True, help=_("Show what would change, and send nothing."))
@output_options
def issues(*, terminal: Terminal, config: SettingsFile, dry_run: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.issues import IssuesRequest, keep_issues

    request = IssuesRequest(dry_run=dry_run, language=terminal.language)
    return run_command(terminal, config, keep_issues, request)
