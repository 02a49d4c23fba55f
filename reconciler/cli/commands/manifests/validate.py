"""`reconciler validate`: are the manifests right?"""

from __future__ import annotations

from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.command(
    cls=Command,
    name="validate",
    short_help=_("Check the manifests; no backend is asked."),
    help=_("Check the manifests of the shops named, or of all. SHOP is a shop key or a pattern such as 'kyoto-*'.")
    + "\n\n"
    + _("No backend is asked."),
)
@selection_options
@changed_since_option
@option("--with-secrets", is_flag=True, help=_("Also see that every secret they refer to can be had."))
@option(
    "--fix", is_flag=True,
    help=_(
        "Fix what is safe to fix: `yes` to `true`, a misspelt key that can mean one key only, quotes around an ambiguous text."
        " Comments stay."
    ),
)  # fmt: skip
@option("--check", is_flag=True, help=_("With --fix: write nothing, show the diff (see the exit codes)."))
@output_options
def command(  # a command's options, all by keyword
    *, terminal: Terminal, config: Path | None, selection: Selection, with_secrets: bool, fix: bool, check: bool
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.validate import FixRequest, ValidateRequest, fix_manifests, validate_manifests

    request = ValidateRequest(selection=selection, with_secrets=with_secrets)
    if fix:
        return run_command(terminal, config, fix_manifests, FixRequest(validate=request, check=check))
    if check:
        raise click.UsageError(gettext(_("--check goes with --fix: reconciler validate --fix --check")))
    return run_command(terminal, config, validate_manifests, request)
