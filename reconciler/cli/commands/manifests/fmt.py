"""`reconciler fmt`: manifests in one order and style, comments kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="fmt",
    short_help=_("Bring manifests into the canonical order and style."),
    help=_(
        "Bring manifests, _defaults.yaml and _groups/ into the canonical order and style; values and comments stay. FILE is"
        " a path, a shop key, or a pattern such as 'kyoto-*'; without any, all files."
    )
    + "\n\n"
    + _("A file that cannot be read as a manifest is told and left alone. No backend is asked."),
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@option("--check", is_flag=True, help=_("Write nothing; show what would change (see the exit codes)."))
@output_options
def command(*, terminal: Terminal, config: Path | None, files: tuple[str, ...], check: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.fmt import FormatRequest, format_manifests

    return run_command(terminal, config, format_manifests, FormatRequest(files=files, check=check))
