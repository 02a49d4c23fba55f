"""`reconciler onboard TABLE`: a manifest for each row of a table. The backend is only read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_groups
from reconciler.cli.options.output import exit_zero_option, output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.command import CommandResult


@click.command(
    cls=Command,
    name="onboard",
    short_help=_("Write a manifest for each row of a table."),
    help=_(
        "Write a manifest for each row of TABLE, a CSV or TSV file in UTF-8 or Shift_JIS whose first line names the columns,"
        " in Japanese or English (--columns shows them). A shop that has a manifest gets what its row says; all else in it,"
        " comments as well, stays."
    )
    + "\n\n"
    + _(
        "Every row is judged first: if one is wrong, nothing is written, and all that is wrong is told. What a shop still"
        " lacks (ids, token, option, contract) is told and stops nothing. The same table again changes nothing."
    )
    + "\n\n"
    + _("Nothing is written to the backend."),
)
@click.argument("table", required=False, metavar="TABLE", type=click.Path(path_type=Path, dir_okay=False))
@option("--columns", is_flag=True, help=_("Show the columns that are understood, and end."))
@option(
    "--template", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help=_("Begin each new manifest with what this file holds; it is written like a file in _groups."),
)  # fmt: skip
@option(
    "--group",
    metavar="NAME",
    shell_complete=complete_groups,
    envvar="RECONCILER_ONBOARD_GROUP",
    help=_("Put new shops into this group, unless their row names one."),
)
@option("--check", is_flag=True, help=_("Write nothing; show what would change (see the exit codes)."))
@option("--codeowners", is_flag=True, help=_("Print the lines for CODEOWNERS, and the report aside."))
@option(
    "--check-backend/--no-check-backend", "ask", default=None, envvar="RECONCILER_CHECK_BACKEND",
    help=_("Ask the backend whether the shops exist and what they lack; else it is asked where it can be reached."),
)  # fmt: skip
@exit_zero_option
@output_options
def command(  # noqa: PLR0913  # one argument for each word of the command line, all by keyword
    *,
    terminal: Terminal,
    config: Path | None,
    table: Path | None,
    columns: bool,
    template: Path | None,
    group: str | None,
    check: bool,
    codeowners: bool,
    ask: bool | None,
    exit_zero: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import finished, run_command, run_with_session
    from reconciler.core.results.table_result import ColumnsResult
    from reconciler.workflows.onboard import OnboardRequest, onboard_table

    if columns:
        return terminal.show(ColumnsResult(owners=True))
    if table is None:
        raise click.MissingParameter(param_hint="TABLE", param_type="argument")
    request = OnboardRequest(table=table, template=template, group=group, ask_backend=ask, check=check)
    if not codeowners:
        return run_command(terminal, config, onboard_table, request, exit_zero=exit_zero)
    return run_with_session(
        terminal,
        config,
        lambda session: _show_codeowners(terminal, finished(terminal, onboard_table(session, request))),
    )


def _show_codeowners(terminal: Terminal, result: CommandResult) -> ExitCode:
    """The lines for CODEOWNERS on stdout, and the report beside them."""
    from reconciler.core.results.authoring import OnboardResult
    from reconciler.views.common.context import join_lines
    from reconciler.views.common.onboarding import codeowners

    assert isinstance(result, OnboardResult)
    terminal.show_aside(result)
    terminal.write_document(join_lines(codeowners(result)))
    return result.exit_code
