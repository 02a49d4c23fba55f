"""`reconciler onboard TABLE`: a manifest for each row of a table. `--status`: what each shop needs. The backend is only read."""

from __future__ import annotations

from functools import partial
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_groups, complete_shops
from reconciler.cli.options.output import (
    check_option,
    exit_zero_option,
    expand_option,
    output_options,
    parallelism_option,
)
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.command import CommandResult
    from reconciler.workflows.session import Session


@click.command(
    cls=Command,
    name="onboard",
    short_help=_("Create manifests from a table."),
    help=_(
        "Create one manifest for each row of TABLE: a CSV or TSV file in UTF-8 or Shift_JIS with a header row in Japanese or"
        " English (see --columns). Existing manifests are updated with the values of their row; everything else in them,"
        " comments included, is kept."
    )
    + "\n\n"
    + _(
        "All rows are checked first. If one is invalid, every error is reported and nothing is written, unless --rejects names"
        " a file for the invalid rows: correct them there and give that file to the command as TABLE. Missing"
        " prerequisites of a shop (ids, token, option, contract) are reported as notes. Running the same table again changes"
        " nothing."
    )
    + "\n\n"
    + _(
        "With --status, show what is still missing in each shop before it takes orders, who has to act and since when: for"
        " all shops with a manifest, and for the shops of the tables that are given. What is missing is not an error."
    )
    + "\n\n"
    + _("Nothing is written to the backend."),
)
@argument("tables", nargs=-1, metavar="[TABLE]...", type=click.Path(path_type=Path, dir_okay=False))
@option("--status", is_flag=True, help=_("Show what is missing in each shop, who acts next, and since when."))
@option(
    "--mail", metavar="SHOP", shell_complete=complete_shops,
    help=_(
        "With --status: print a mail to the merchant of SHOP about what is missing. In Japanese; in English with --lang en."
    ),
)  # fmt: skip
@option(
    "--mail-folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help=_("With --status: write a mail for each merchant who has something to do, as FOLDER/SHOP.txt."),
)  # fmt: skip
@option("--columns", is_flag=True, help=_("List the supported columns and exit."))
@option(
    "--template", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help=_("Start each new manifest with the content of this file, which has the form of a file in _groups."),
)  # fmt: skip
@option(
    "--group",
    metavar="NAME",
    shell_complete=complete_groups,
    help=_("Group of new shops whose row names none."),
)
@check_option
@option(
    "--rejects", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("Create the manifests of valid rows, and write the invalid rows to this CSV file, with what is wrong in each."),
)  # fmt: skip
@option("--codeowners", is_flag=True, help=_("Print the lines for CODEOWNERS; the report goes to stderr."))
@option(
    "--check-backend/--no-check-backend", "ask", default=None,
    help=_("Check whether the shops exist at the backend and what is missing. Default: if the backend can be reached."),
)  # fmt: skip
@exit_zero_option
@parallelism_option
@expand_option
@output_options
def command(  # noqa: PLR0913  # one argument for each word of the command line, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    tables: tuple[Path, ...],
    status: bool,
    mail: str | None,
    mail_folder: Path | None,
    columns: bool,
    template: Path | None,
    group: str | None,
    check: bool,
    rejects: Path | None,
    codeowners: bool,
    ask: bool | None,
    exit_zero: bool,
) -> ExitCode:
    from reconciler.cli.commands.manifests.onboarding_status import show_status
    from reconciler.cli.shell.run_command import finished, run_command, run_with_session
    from reconciler.core.results.table_result import ColumnsResult
    from reconciler.workflows.onboard import OnboardRequest, onboard_table

    if columns:
        return terminal.show(ColumnsResult(owners=True))
    if status or mail is not None or mail_folder is not None:
        return show_status(terminal, config, tables, mail, mail_folder, status=status)
    table = _only_table(terminal, tables)
    request = OnboardRequest(table=table, template=template, group=group, ask_backend=ask, check=check, rejects=rejects)
    keep = partial(_write_rejects, terminal, rejects)
    if not codeowners:
        return run_command(terminal, config, onboard_table, request, exit_zero=exit_zero, after=keep)

    def work(session: Session) -> ExitCode:
        result = finished(terminal, onboard_table(session, request))
        code = _show_codeowners(terminal, result)
        keep(session, result)
        return code

    return run_with_session(terminal, config, work)


def _only_table(terminal: Terminal, tables: tuple[Path, ...]) -> Path:
    if not tables:
        raise click.MissingParameter(param_hint="TABLE", param_type="argument")
    if len(tables) > 1:
        raise click.UsageError(gettext(_("Without --status, onboard takes one TABLE at a time.")))
    if "csv" in (terminal.output, *terminal.files.values()):
        raise click.UsageError(gettext(_("Output as csv is available with --status only.")))
    return tables[0]


def _write_rejects(terminal: Terminal, file: Path | None, session: Session, result: CommandResult) -> None:
    """Raises SetupError."""
    from reconciler.core.results.authoring.onboard_result import OnboardResult
    from reconciler.views.common.authoring.rejects import rejects_lines
    from reconciler.workflows.onboard import write_rejects

    assert isinstance(result, OnboardResult)
    if file is not None and result.rejected is not None and not result.check:
        write_rejects(session, file, result.rejected, rejects_lines(result.rejected, terminal.render_context()))


def _show_codeowners(terminal: Terminal, result: CommandResult) -> ExitCode:
    """The lines for CODEOWNERS on stdout, and the report beside them."""
    from reconciler.core.results.authoring.onboard_result import OnboardResult
    from reconciler.views.common.authoring.onboarding import codeowners
    from reconciler.views.common.context import join_lines

    assert isinstance(result, OnboardResult)
    terminal.show_aside(result)
    terminal.write_document(join_lines(codeowners(result)))
    return result.exit_code
