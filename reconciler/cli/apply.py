"""`reconciler apply`: plan, ask, do it, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _, option
from reconciler.cli.options import allowing, reporting, selecting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.applying import Order
    from reconciler.core.exits import Verdict
    from reconciler.core.selection import Selection


@click.command(
    cls=Command,
    name="apply",
    short_help=_("Make the backend stand as Git says."),
    help=_(
        "Plan the shops named, or all, show the plan, ask, and write what differs. Each shop is read back afterwards."
    )
    + "\n\n"
    + _("If any manifest of the selection is not valid, nothing is sent."),
)
@selecting
@allowing
@option("--auto-approve", is_flag=True, help=_("Do not ask."))
@reporting
def command(
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    auto_approve: bool,
) -> Verdict:
    from reconciler.cli.applying import Order, apply_order
    from reconciler.cli.run import guarded, with_settings

    order: Order = Order(selection=selection, grants=grants, auto_approve=auto_approve)
    return with_settings(
        terminal, config, lambda settings: guarded(terminal, lambda: apply_order(order, settings, terminal))
    )
