"""`reconciler lsp`: the language server that editors start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_options
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="lsp",
    short_help=_("Run the language server for editors."),
    help=_(
        "Run the language server for editors: diagnostics while typing, completion, hover, fixes, and adoption of live values in"
        " manifests and reconciler.yaml. An editor starts it and talks to it over stdin and stdout; docs/editor.md has the"
        " settings of VS Code and Neovim."
    )
    + "\n\n"
    + _("The backend is not read, and nothing is written: changes are proposed to the editor."),
)
@language_options
def command(*, terminal: Terminal) -> ExitCode:
    from reconciler.cli.shell.run_command import handle_errors
    from reconciler.core.diagnostics.exit_codes import ExitCode

    def work() -> ExitCode:
        from reconciler.wiring.editor.serve_editor import serve_editor

        serve_editor(terminal.language)
        return ExitCode.DONE

    return handle_errors(terminal, work)
