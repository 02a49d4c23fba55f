"""`reconciler resume`: look at the shops that a run which was cut off left behind, and reopen those it closed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.canonical import Json
    from reconciler.core.runs.recovery import RecoveredShop
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="resume",
    short_help=_("Look after what a run that was cut off left behind."),
    help=_(
        "Look at every shop that a run began and did not finish, and reopen those it closed. What is still to be written is"
        " left to the next apply. Every apply begins with this."
    )
    + "\n\n"
    + _("Where the run went in waves and did not come to its end, ask, and go on with the waves that are left."),
)
@option("--auto-approve", is_flag=True, help=_("Do not ask before going on with waves."))
@output_options
def command(*, terminal: Terminal, config: Path | None, auto_approve: bool) -> ExitCode:
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    def story(settings: Settings) -> ExitCode:
        return _resume(settings, terminal, auto_approve=auto_approve)

    return with_settings(terminal, config, lambda settings: handle_errors(terminal, lambda: story(settings)))


def _resume(settings: Settings, terminal: Terminal, *, auto_approve: bool) -> ExitCode:
    """In text, what was found is told before anybody is asked about waves; a JSON document is one, and comes at the end."""
    from reconciler.cli.going_on import continue_rollout
    from reconciler.cli.rescuing import recover

    told, requests = recover(settings, terminal)
    if terminal.output != "json":
        terminal.write(_shown(told, terminal))
        return max(_verdict(told), continue_rollout(settings, terminal, auto_approve=auto_approve))
    from reconciler.views.json.recovery import recovery_json

    within = CapturingTerminal(**{part.name: getattr(terminal, part.name) for part in fields(terminal)})
    went_on = continue_rollout(settings, within, auto_approve=auto_approve)
    terminal.write(recovery_json(told, went_on=within.document_kept, log=terminal.log(requests)))
    return max(_verdict(told), went_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturingTerminal(Terminal):
    """A terminal whose JSON document becomes a part of another one."""

    kept: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.kept.append(text)

    @property
    def document_kept(self) -> Json:
        """Null where none was written."""
        read: Json = json.loads(self.kept[-1]) if self.kept else None
        return read


def _shown(told: Sequence[RecoveredShop], terminal: Terminal) -> str:
    from reconciler.views.recovery import recovery_markdown, render_recovery

    return (recovery_markdown if terminal.output == "markdown" else render_recovery)(told, terminal.render_context())


def _verdict(told: Sequence[RecoveredShop]) -> ExitCode:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.exit_status import exit_code_for_diagnostics
    from reconciler.core.runs.recovery import RecoveryOutcome

    closed = any(resumed.outcome is RecoveryOutcome.LEFT_CLOSED for resumed in told)
    held = any(resumed.outcome is RecoveryOutcome.LOCKED for resumed in told)
    unseen = exit_code_for_diagnostics(
        resumed.reason for resumed in told if resumed.outcome is RecoveryOutcome.UNREADABLE and resumed.reason
    )
    return ExitCode.PARTLY if closed else unseen or (ExitCode.REFUSED if held else ExitCode.DONE)
