"""`reconciler resume`: look at the shops that a run which was cut off left behind, and reopen those it closed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import reporting
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.exit_codes import Verdict
    from reconciler.core.model.canonical import Json
    from reconciler.core.runs.recovery import Resumed
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
@reporting
def command(*, terminal: Terminal, config: Path | None, auto_approve: bool) -> Verdict:
    from reconciler.cli.shell.error_boundary import guarded, with_settings

    def story(settings: Settings) -> Verdict:
        return _resume(settings, terminal, auto_approve=auto_approve)

    return with_settings(terminal, config, lambda settings: guarded(terminal, lambda: story(settings)))


def _resume(settings: Settings, terminal: Terminal, *, auto_approve: bool) -> Verdict:
    """In text, what was found is told before anybody is asked about waves; a JSON document is one, and comes at the end."""
    from reconciler.cli.going_on import go_on
    from reconciler.cli.rescuing import look_after

    told, requests = look_after(settings, terminal)
    if terminal.output != "json":
        terminal.write(_shown(told, terminal))
        return max(_verdict(told), go_on(settings, terminal, auto_approve=auto_approve))
    from reconciler.views.json.recovery import resumed_json

    within = Within(**{part.name: getattr(terminal, part.name) for part in fields(terminal)})
    went_on = go_on(settings, within, auto_approve=auto_approve)
    terminal.write(resumed_json(told, went_on=within.document_kept, log=terminal.log(requests)))
    return max(_verdict(told), went_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within(Terminal):
    """A terminal whose JSON document becomes a part of another one."""

    kept: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.kept.append(text)

    @property
    def document_kept(self) -> Json:
        """Null where none was written."""
        read: Json = json.loads(self.kept[-1]) if self.kept else None
        return read


def _shown(told: Sequence[Resumed], terminal: Terminal) -> str:
    from reconciler.views.recovery import render_resumed, resumed_markdown

    return (resumed_markdown if terminal.output == "markdown" else render_resumed)(told, terminal.look())


def _verdict(told: Sequence[Resumed]) -> Verdict:
    from reconciler.core.diagnostics.exit_codes import Verdict
    from reconciler.core.results.exit_status import of_findings
    from reconciler.core.runs.recovery import Found

    closed = any(resumed.found is Found.LEFT_CLOSED for resumed in told)
    held = any(resumed.found is Found.HELD for resumed in told)
    unseen = of_findings(resumed.why for resumed in told if resumed.found is Found.UNSEEN and resumed.why)
    return Verdict.PARTLY if closed else unseen or (Verdict.REFUSED if held else Verdict.DONE)
