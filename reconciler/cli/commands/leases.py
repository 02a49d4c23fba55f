"""`reconciler leases`: which shops are being written right now, by which run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="leases",
    short_help=_("Show which shops are being written right now."),
    help=_(
        "Show the leases that live: which run writes which shop, and until when. There is nothing to unlock by hand."
    ),
)
@output_options
def command(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    return with_settings(terminal, config, lambda settings: handle_errors(terminal, lambda: _story(settings, terminal)))


def _story(settings: Settings, terminal: Terminal) -> ExitCode:
    from reconciler import wiring
    from reconciler.cli.shell.terminal import show
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.diagnostics.messages import msg
    from reconciler.lib.utc import format_utc
    from reconciler.views.tables.table import Table

    with wiring.held_leases(settings) as held:
        rows = tuple((lease.shop, lease.owner, lease.run, lease.fence, format_utc(lease.expires)) for lease in held)
    columns = (
        ("shop", msg("shop")),
        ("owner", msg("owner")),
        ("run", msg("run")),
        ("fence", msg("fence")),
        ("expires", msg("until")),
    )
    show(Table(name="leases", columns=columns, rows=rows, empty=msg("No shop is being written.")), terminal)
    return ExitCode.DONE
