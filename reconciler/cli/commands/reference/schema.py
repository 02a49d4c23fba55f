"""`reconciler schema [NAME]`: the JSON Schemas of manifests and of the documents this tool writes."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_options
from reconciler.cli.shell.click_ext import Command, _, argument, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="schema",
    short_help=_("Print a JSON Schema."),
    help=_("Print the JSON Schema NAME: of manifests, settings, or a JSON document that this tool writes.")
    + "\n\n"
    + _("Without NAME, list all schemas."),
)
@argument("name", required=False)
@language_options
def command(*, terminal: Terminal, name: str | None) -> ExitCode:
    import json

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring.schemas import schemas as all_schemas

    schemas = all_schemas()
    if name is None:
        terminal.write("".join(f"{known}\n" for known in sorted(schemas)))
    elif name in schemas:
        terminal.write_document(json.dumps(schemas[name](), ensure_ascii=False, indent=2) + "\n")
    else:
        raise _unknown(name, sorted(schemas))
    return ExitCode.DONE


def _unknown(name: str, known: list[str]) -> click.UsageError:
    message = gettext(_("unknown schema {name!r}.")).format(name=name)
    names = gettext(_("Available: {names}.")).format(names=", ".join(known))
    return click.UsageError(f"{message} {suggest_options(name, known) or names}")
