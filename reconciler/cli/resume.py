"""`reconciler resume`: look at the shops that a run which was cut off left behind, and reopen those it closed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _
from reconciler.cli.options import reporting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.exits import Verdict
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="resume",
    short_help=_("Look after what a run that was cut off left behind."),
    help=_(
        "Look at every shop that a run began and did not finish, and reopen those it closed. What is still to be written is"
        " left to the next apply. Every apply begins with this."
    ),
)
@reporting
def command(*, terminal: Terminal, config: Path | None) -> Verdict:
    from reconciler.cli.run import guarded, with_settings

    return with_settings(terminal, config, lambda settings: guarded(terminal, lambda: _story(settings, terminal)))


def _story(settings: Settings, terminal: Terminal) -> Verdict:
    from reconciler.cli.rescuing import rescue
    from reconciler.core.exits import Verdict
    from reconciler.core.texts import say
    from reconciler.workflows.resume import Found

    told = rescue(settings, terminal)
    if not told:
        terminal.note(say("Nothing was left unfinished."))
    closed = any(resumed.found is Found.LEFT_CLOSED for resumed in told)
    held = any(resumed.found is Found.HELD for resumed in told)
    return Verdict.PARTLY if closed else Verdict.REFUSED if held else Verdict.DONE
