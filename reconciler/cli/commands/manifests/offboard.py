"""`reconciler offboard SHOP...`: the safe order in which a shop leaves Amazon Pay, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="offboard",
    short_help=_("Show the steps in which a shop leaves Amazon Pay."),
    help=_(
        "Show the steps in which shops leave Amazon Pay in a safe order, and how far each shop is: stop use, revoke the API"
        " access at Amazon, unregister the IPN endpoint, close open authorizations, remove the manifest. SHOP is a shop key or a"
        " pattern such as 'kyoto-*'."
    )
    + "\n\n"
    + _(
        "Nothing is written to the backend. --write changes the manifest for the step that is next; the change is reviewed,"
        " merged and applied like any other."
    ),
)
@argument("shops", nargs=-1, required=True, metavar="SHOP...", shell_complete=complete_shops)
@option("--write", is_flag=True, help=_("Change or remove the manifest for the next step of each shop."))
@option(
    "--step",
    metavar="STEP",
    help=_(
        "With --write: only this step (stop-use, unregister-endpoint, remove-manifest). Refused for a shop of which it is not"
        " the next one."
    ),
)
@output_options
def command(
    *, terminal: Terminal, config: SettingsFile, shops: tuple[str, ...], write: bool, step: str | None
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.onboarding.offboard import OffboardRequest, offboard_shops

    if not write:
        refuse_without_effect(("step",), _("--step needs --write"))
    return run_command(
        terminal, config, offboard_shops, OffboardRequest(globs=shops, write=write, step=step if write else None)
    )
