"""Asks a person at the terminal whether a plan may be applied."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reconciler.cli.shell.listener import show_plan, show_plan_to_approve
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.cli.shell.terminal import Terminal
    from reconciler.core.planning.plan import Plan
    from reconciler.core.planning.waves import Wave


class TerminalApprover:
    """Implements ports.interaction.Approver. With `auto_approve` there is no prompt."""

    def __init__(self, terminal: Terminal, *, auto_approve: bool) -> None:
        self._terminal = terminal
        self._auto_approve = auto_approve

    async def approve(self, plan: Plan, waves: Sequence[Wave]) -> Diagnostic | None:
        if self._auto_approve:
            show_plan(self._terminal, plan, waves)
            return None
        if sys.stdin is None or not sys.stdin.isatty():
            show_plan(self._terminal, plan, waves)
            return diagnostic(
                codes.NOT_CONFIRMED,
                msg("Cannot prompt for approval: stdin is not a terminal"),
                hint=msg("Review `reconciler plan`, then apply with --auto-approve"),
            )
        await show_plan_to_approve(self._terminal, plan, waves)
        question = msg("Apply this plan? Type `yes` to apply it: ")
        self._terminal.write_stderr(self._terminal.render_context(aside=True).translate(question))
        if await _answer() == "yes":
            return None
        return diagnostic(
            codes.NOT_CONFIRMED,
            msg("Not applied: the answer was not `yes`"),
            hint=msg("To apply the plan, run `reconciler apply` again and type `yes`"),
        )


async def _answer() -> str:
    """A line from the terminal. The event loop continues, so that a signal ends the wait."""
    import anyio

    await anyio.wait_readable(sys.stdin)
    return sys.stdin.readline().strip()
