"""`reconciler history [SHOP]`: which runs wrote, when, by whom, from which commit. The backend is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import limit_option, output_options
from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="history",
    short_help=_("Show who applied what, and when."),
    help=_("List the runs in the journal, newest first; with SHOP, only the runs that concern it."),
)
@argument("shop", metavar="[SHOP]", required=False, shell_complete=complete_shops)
@option("--steps", is_flag=True, help=_("With SHOP: show each step of each run, with the request ids of the backend."))
@limit_option(20)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str | None, steps: bool, limit: int) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.history import HistoryRequest, list_runs, list_steps

    if shop is None:
        refuse_without_effect(("steps",), _("--steps needs a shop: reconciler history SHOP --steps"))
    request = HistoryRequest(shop=parse_shop_key(shop) if shop else None, limit=limit)
    return run_command(terminal, config, list_steps if steps and shop is not None else list_runs, request)
