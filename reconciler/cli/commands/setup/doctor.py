"""`reconciler doctor [AREA]`: checks of the environment of the tool. Nothing is written."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.workflows.setup.doctor.run import AREA_NAMES

    return [name for name in AREA_NAMES if name.startswith(incomplete)]


def _area(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from reconciler.workflows.setup.doctor.run import AREA_NAMES

    if value is None or value in AREA_NAMES:
        return value
    message = gettext(_("unknown area {name!r}.")).format(name=value)
    known = gettext(_("Available: {names}.")).format(names=", ".join(AREA_NAMES))
    raise click.BadParameter(f"{message} {suggest_options(value, AREA_NAMES) or known}")


@click.command(
    cls=Command,
    name="doctor",
    short_help=_("Check settings, store, backend, secrets and permissions."),
    help=_("Check the environment of the tool, and show how to fix each problem. Nothing is written.")
    + "\n\n"
    + _(
        "AREA is settings, store, backend, secrets, permissions, ipn, alerts or ci. Default: all areas, ci only where a CI"
        " file runs reconciler."
    ),
)
@argument("area", required=False, metavar="[AREA]", callback=_area, shell_complete=_complete)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, area: str | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.doctor.run import check_environment

    return run_command(terminal, config, check_environment, area)
