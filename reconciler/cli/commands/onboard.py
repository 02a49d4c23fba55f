"""`reconciler onboard TABLE`: a manifest for each row of a table. The backend is only read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.completions import complete_groups
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.state import Observed
    from reconciler.core.results.authoring import OnboardResult
    from reconciler.core.values import ShopKey
    from reconciler.wiring import Settings
    from reconciler.workflows.onboard import OnboardRequest

    Worlds = Mapping[ShopKey, Observed] | None


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
) -> ExitCode:
    if columns:
        return _show_columns(terminal)
    if table is None:
        raise click.MissingParameter(param_hint="TABLE", param_type="argument")
    from reconciler import wiring
    from reconciler.cli.commands.new import hint_editor_schema
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings
    from reconciler.core.results.authoring import FileAction
    from reconciler.workflows.onboard import OnboardRequest, onboard

    request = OnboardRequest(check=check)

    def told(settings: Settings) -> ExitCode:
        worlds, log = _worlds(request, table, settings, terminal, ask)
        drafts = wiring.drafts(settings, template, group)
        onboarded = onboard(request, wiring.load_table(table), drafts, wiring.file_writer(), worlds)
        if onboarded.counted(FileAction.CREATED) and not check:
            hint_editor_schema(settings, terminal)
        return _told(onboarded, terminal, log, codeowners=codeowners)

    return with_settings(terminal, config, lambda settings: handle_errors(terminal, lambda: told(settings)))


def _worlds(
    request: OnboardRequest, table: Path, settings: Settings, terminal: Terminal, ask: bool | None
) -> tuple[Worlds, Log]:
    """Not asked for, a backend that cannot be reached is a note; asked for, it is an error."""
    from reconciler import wiring
    from reconciler.cli.shell.run_async import run_async
    from reconciler.core.diagnostics.messages import msg
    from reconciler.ports import BackendError, SecretMissing, SetupError
    from reconciler.workflows.onboard import observe_table_shops

    async def observed() -> tuple[Worlds, Log]:
        async with wiring.observer(settings, terminal.log_request) as backend:
            worlds = await observe_table_shops(request, rows, backend)
            return worlds, terminal.log(backend.requests)

    rows = wiring.load_table(table)
    if ask is False:
        return None, None
    try:
        return run_async(observed)
    except (BackendError, SecretMissing, SetupError) as why:
        if ask:
            raise
        terminal.info(msg("The backend was not asked: {reason}", reason=why.text))
        return None, None


def _told(onboarded: OnboardResult, terminal: Terminal, log: Log, *, codeowners: bool) -> ExitCode:
    from reconciler.core.results.exit_status import exit_code_for_onboard
    from reconciler.views.common.context import join_lines
    from reconciler.views.common.onboarding import codeowners as lines_of

    terminal.findings(onboarded.findings)
    if codeowners:
        terminal.write_stderr("" if terminal.quiet else _shown(onboarded, terminal, log))
        terminal.write_document(join_lines(lines_of(onboarded)))
    else:
        terminal.write(_shown(onboarded, terminal, log))
    return exit_code_for_onboard(onboarded)


def _shown(onboarded: OnboardResult, terminal: Terminal, log: Log) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.authoring import onboard_json

            return onboard_json(onboarded, log)
        case "markdown":
            from reconciler.views.markdown.authoring import onboard_markdown

            return onboard_markdown(onboarded, terminal.render_context())
        case _:
            from reconciler.views.text.authoring import render_onboard

            return render_onboard(onboarded, terminal.render_context())


def _show_columns(terminal: Terminal) -> ExitCode:
    from reconciler.cli.shell.terminal import show
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.views.tables.columns import columns_table

    show(columns_table(None if terminal.output == "json" else terminal.render_context()), terminal)
    return ExitCode.DONE
