"""`reconciler validate`: are the manifests right?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import changed_since_option, output_options, selection_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection
    from reconciler.ports import Manifest
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="validate",
    short_help=_("Check the manifests; no backend is asked."),
    help=_("Check the manifests of the shops named, or of all. SHOP is a shop key or a pattern such as 'kyoto-*'.")
    + "\n\n"
    + _("No backend is asked."),
)
@selection_options
@changed_since_option
@option("--with-secrets", is_flag=True, help=_("Also see that every secret they refer to can be had."))
@output_options
def command(*, terminal: Terminal, config: Path | None, selection: Selection, with_secrets: bool) -> ExitCode:
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    def story(settings: Settings) -> ExitCode:
        return handle_errors(terminal, lambda: _validate(settings, terminal, selection, with_secrets))

    return with_settings(terminal, config, story)


def _validate(settings: Settings, terminal: Terminal, selection: Selection, with_secrets: bool) -> ExitCode:
    from dataclasses import replace

    from reconciler import wiring
    from reconciler.cli.slips import unmatched_selection
    from reconciler.core.results.exit_status import exit_code_for_diagnostics
    from reconciler.workflows.validate import validate

    manifest = validate(selection, wiring.manifests(settings), wiring.secrets(settings) if with_secrets else None)
    slip = unmatched_selection(selection, manifest.names, settings)
    manifest = replace(manifest, findings=(*manifest.findings, *slip))
    terminal.write(_shown(manifest, terminal))
    return exit_code_for_diagnostics(manifest.findings)


def _shown(manifest: Manifest, terminal: Terminal) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.validation import validation_json

            return validation_json([wish.shop for wish in manifest.shops], manifest.broken, manifest.findings)
        case "markdown":
            from reconciler.views.markdown.validation import validation_markdown

            return validation_markdown(
                len(manifest.shops), manifest.broken, manifest.findings, terminal.render_context()
            )
        case _:
            from reconciler.views.text.validation import render_validation

            return render_validation(len(manifest.shops), manifest.broken, manifest.findings, terminal.render_context())
