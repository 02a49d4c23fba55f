"""`reconciler fmt`: manifests in one order and style, comments kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.authoring import FormatResult
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="fmt",
    short_help=_("Bring manifests into the canonical order and style."),
    help=_(
        "Bring manifests, _defaults.yaml and _groups/ into the canonical order and style; values and comments stay. FILE is"
        " a path, a shop key, or a pattern such as 'kyoto-*'; without any, all files."
    )
    + "\n\n"
    + _("A file that cannot be read as a manifest is told and left alone. No backend is asked."),
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@option("--check", is_flag=True, help=_("Write nothing; show what would change (see the exit codes)."))
@output_options
def command(*, terminal: Terminal, config: Path | None, files: tuple[str, ...], check: bool) -> ExitCode:
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    def story(settings: Settings) -> ExitCode:
        return handle_errors(terminal, lambda: _format(files, settings, terminal, check=check))

    return with_settings(terminal, config, story)


def _format(files: tuple[str, ...], settings: Settings, terminal: Terminal, *, check: bool) -> ExitCode:
    from reconciler import wiring
    from reconciler.core.results.exit_status import exit_code_for_fmt
    from reconciler.workflows.fmt import fmt

    formatted = fmt(files, wiring.formatter(settings), wiring.file_writer(), check=check)
    terminal.findings(formatted.findings)
    terminal.write(_shown(formatted, terminal))
    return exit_code_for_fmt(formatted)


def _shown(formatted: FormatResult, terminal: Terminal) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.authoring import fmt_json

            return fmt_json(formatted)
        case "markdown":
            from reconciler.views.markdown.authoring import fmt_markdown

            return fmt_markdown(formatted, terminal.render_context())
        case _:
            from reconciler.views.text.authoring import render_fmt

            return render_fmt(formatted, terminal.render_context())
