"""`reconciler fmt`: manifests in one order and style. Comments are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import check_option, output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="fmt",
    short_help=_("Format manifests."),
    help=_(
        "Format manifests, _defaults.yaml and _groups/ in the canonical order and style; values and comments are kept. SHOP is"
        " a shop key or a pattern such as 'kyoto-*', FILE a path. Default: all files."
    )
    + "\n\n"
    + _("A file that cannot be parsed is reported and not changed. The backend is not read."),
)
@argument("files", nargs=-1, metavar="[SHOP|FILE]...")
@check_option
@output_options
def command(*, terminal: Terminal, config: SettingsFile, files: tuple[str, ...], check: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.fmt import FormatRequest, format_manifests

    return run_command(terminal, config, format_manifests, FormatRequest(files=files, check=check))
