"""`reconciler explain [CODE|FIELD]`: what a code means and the fix; what a field is and where its value is found; a clause."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.diagnostic import Code
    from reconciler.core.diagnostics.exit_codes import ExitCode


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _known_names() if name.startswith(incomplete)]


@click.command(
    cls=Command,
    name="explain",
    short_help=_("Explain a diagnostic code or a field."),
    help=_("Explain CODE, given by its number or name: what it means, an example, and the fix.")
    + "\n\n"
    + _(
        "With the name of a field, such as amazon.api.seller_id: its screen, and where its value is found."
        " seller_central.ipn_endpoint shows how to register the endpoint in Amazon Seller Central."
    )
    + "\n\n"
    + _("With the id of a clause, such as K204: what the contract of a backend says there.")
    + "\n\n"
    + _("Without an argument, list all codes."),
)
@argument("topic", required=False, metavar="[CODE|FIELD]", shell_complete=_complete)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, topic: str | None) -> ExitCode:  # noqa: ARG001  # the common options
    from reconciler.core.conformance.clause_table import clause_table
    from reconciler.core.conformance.clauses import CLAUSES
    from reconciler.core.diagnostics.codes import all_codes
    from reconciler.core.model.field_names import find_field
    from reconciler.core.results.codes_result import CodesResult
    from reconciler.core.results.show_result import FieldsResult

    known = all_codes()
    if topic is None:
        return terminal.show(CodesResult(codes=known))
    if topic.upper() in CLAUSES:
        return terminal.show(clause_table((CLAUSES[topic.upper()],)))
    code = next((one for one in known if _is(one, topic)), None)
    if code is not None:
        return terminal.show(CodesResult(codes=(code,), explained=True))
    field = find_field(topic)
    if field is None:
        raise _unknown(topic)
    return terminal.show(FieldsResult(fields=(field,)))


def _is(code: Code, text: str) -> bool:
    return text.upper() == code.number or text.lower() == code.slug


def _known_names() -> list[str]:
    from reconciler.core.conformance.clauses import CLAUSES
    from reconciler.core.diagnostics.codes import all_codes
    from reconciler.core.model.field_names import field_names

    return [*(name for code in all_codes() for name in (code.number, code.slug)), *field_names(), *CLAUSES]


def _unknown(text: str) -> click.UsageError:
    message = gettext(_("unknown code or field {name!r}.")).format(name=text)
    return click.UsageError(f"{message} {suggest_options(text, _known_names())}".rstrip())
