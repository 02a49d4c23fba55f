"""`reconciler drift`: does the backend still stand as Git says? Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import require_secrets_option
from reconciler.cli.options.output import exit_zero_option, output_options
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


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
@require_secrets_option
@option("--unmanaged", is_flag=True, help=_("List the shops of the backend that no manifest declares."))
@exit_zero_option
@output_options
def command(
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    require_secrets: bool,
    unmanaged: bool,
    exit_zero: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.drift.detect import DriftRequest, detect_drift

    request = DriftRequest(selection=selection, require_secrets=require_secrets, unmanaged=unmanaged)
    return run_command(terminal, config, detect_drift, request, exit_zero=exit_zero)
