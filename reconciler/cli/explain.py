"""`reconciler explain [CODE]`: what a code means."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, _, suggested
from reconciler.cli.options import speaking
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics import Code
    from reconciler.core.exits import Verdict


@click.command(
    cls=Command,
    name="explain",
    short_help=_("Say what a code such as M101 means."),
    help=_("Say what CODE means, given by its number or its name.") + "\n\n" + _("Without CODE, list them all."),
)
@click.argument("code", required=False)
@speaking
def command(*, terminal: Terminal, code: str | None) -> Verdict:
    from reconciler.core.codes import all_codes
    from reconciler.core.exits import Verdict
    from reconciler.views.text.codes import render_codes

    wanted = tuple(one for one in all_codes() if code is None or _is(one, code))
    if code is not None and not wanted:
        raise _unknown(code, all_codes())
    terminal.write(render_codes(wanted, terminal.look()))
    return Verdict.DONE


def _is(code: Code, text: str) -> bool:
    return text.upper() == code.number or text.lower() == code.slug


def _unknown(text: str, known: tuple[Code, ...]) -> click.UsageError:
    message = gettext(_("There is no code {name!r}.")).format(name=text)
    names = [name for code in known for name in (code.number, code.slug)]
    return click.UsageError(f"{message} {suggested(text, names)}".rstrip())
