"""`reconciler fmt`: manifests in one order and style. Comments are kept."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import check_option, output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
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
    + _(
        "With --shard, each shop's file is moved to a folder named by the first two characters of its key, and by two more in"
        " folders of more than 2000 shops, such as shops/ky/kyoto-tea.yaml. Nothing is formatted."
    )
    + "\n\n"
    + _("A file that cannot be parsed is reported and not changed. The backend is not read."),
)
@argument("files", nargs=-1, metavar="[SHOP|FILE]...")
@option(
    "--shard",
    is_flag=True,
    help=_("Divide the manifest folder by the first characters of the shop keys, instead of formatting."),
)
@check_option
@output_options
def command(*, terminal: Terminal, config: SettingsFile, files: tuple[str, ...], check: bool, shard: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.fmt import FormatRequest, format_manifests, shard_manifests

    if shard and files:
        raise click.UsageError(gettext(_("--shard divides the whole folder: omit SHOP and FILE")))

    return run_command(
        terminal, config, shard_manifests if shard else format_manifests, FormatRequest(files=files, check=check)
    )
