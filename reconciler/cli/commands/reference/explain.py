"""`reconciler explain [CODE]`: what a code means, a message that carries it, and how to mend it."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_options
from reconciler.cli.shell.click_ext import Command, _, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Code
    from reconciler.core.diagnostics.exit_codes import ExitCode


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from reconciler.core.diagnostics.codes import all_codes

    return [name for code in all_codes() for name in (code.number, code.slug) if name.startswith(incomplete)]


@click.command(
    cls=Command,
    name="explain",
    short_help=_("Say what a code such as M101 means."),
    help=_("Say what CODE means, given by its number or its name, with an example and a way to mend it.")
    + "\n\n"
    + _("Without CODE, list them all."),
)
@click.argument("code", required=False, shell_complete=_complete)
@language_options
def command(*, terminal: Terminal, code: str | None) -> ExitCode:
    from reconciler.core.diagnostics.codes import all_codes
    from reconciler.core.results.codes_result import CodesResult

    known = all_codes()
    if code is None:
        return terminal.show(CodesResult(codes=known))
    wanted = next((one for one in known if _is(one, code)), None)
    if wanted is None:
        raise _unknown(code, known)
    return terminal.show(CodesResult(codes=(wanted,), explained=True))


def _is(code: Code, text: str) -> bool:
    return text.upper() == code.number or text.lower() == code.slug


def _unknown(text: str, known: tuple[Code, ...]) -> click.UsageError:
    message = gettext(_("There is no code {name!r}.")).format(name=text)
    names = [name for code in known for name in (code.number, code.slug)]
    return click.UsageError(f"{message} {suggest_options(text, names)}".rstrip())
