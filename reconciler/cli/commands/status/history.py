"""`reconciler history [SHOP]`: which runs wrote, when, by whom, from which commit. Nothing is asked of the backend."""

from __future__ import annotations

from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="history",
    short_help=_("Show which runs wrote, when and by whom."),
    help=_("Show the runs that the journal remembers, newest first; with SHOP, those that had to do with it."),
)
@click.argument("shop", metavar="[SHOP]", required=False, shell_complete=complete_shops)
@option(
    "--steps", is_flag=True, help=_("With SHOP: what each run did there, step by step, and the backend's request ids.")
)
@option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help=_("How many runs at the most."))
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str | None, steps: bool, limit: int) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.history import HistoryRequest, list_runs, list_steps

    if steps and shop is None:
        raise click.UsageError(gettext(_("--steps goes with a shop: reconciler history SHOP --steps")))
    request = HistoryRequest(shop=parse_shop_key(shop) if shop else None, limit=limit)
    return run_command(terminal, config, list_steps if steps else list_runs, request)
