"""What is said of editors to whoever has manifests written: they check a file against the JSON Schema that it names.

`reconciler new SHOP`: a manifest to fill in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.completions import complete_groups, complete_shops
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.authoring import NewManifestResult
    from reconciler.wiring import Settings


def hint_editor_schema(settings: Settings, terminal: Terminal) -> None:
    """How to have it, where it is not there and so is not named."""
    from reconciler import wiring
    from reconciler.core.diagnostics.messages import msg
    from reconciler.wiring.runtime import relative_path

    file = wiring.editor_schema(settings)
    if not file.is_file():
        terminal.info(
            msg(
                "No JSON Schema is there for editors; manifests that are begun after `{command}` name it",
                command=f"mkdir -p {relative_path(file.parent)} && reconciler schema shop > {relative_path(file)}",
            )
        )


@click.command(
    cls=Command,
    name="new",
    short_help=_("Begin a manifest for a shop."),
    help=_(
        "Begin a manifest for SHOP: valid as it is, with what must be filled in standing ready as comments. What the group"
        " or the defaults say already is left out."
    )
    + "\n\n"
    + _("A shop that has a manifest is refused. No backend is asked."),
)
@click.argument("shop", metavar="SHOP")
@option(
    "--group", metavar="NAME", shell_complete=complete_groups, envvar="RECONCILER_NEW_GROUP",
    help=_("The group that the shop is in."),
)  # fmt: skip
@option(
    "--from", "source", metavar="SHOP", shell_complete=complete_shops, envvar="RECONCILER_NEW_FROM",
    help=_("Take over what this shop's manifest says, but for its ids, token and mail."),
)  # fmt: skip
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str, group: str | None, source: str | None) -> ExitCode:
    from reconciler.cli.commands.show import parse_shop_key
    from reconciler.cli.shell.error_boundary import handle_errors, with_settings

    parse_shop_key(shop)

    def story(settings: Settings) -> ExitCode:
        return handle_errors(terminal, lambda: _begin(shop, group, source, settings, terminal))

    return with_settings(terminal, config, story)


def _begin(shop: str, group: str | None, source: str | None, settings: Settings, terminal: Terminal) -> ExitCode:
    from reconciler import wiring
    from reconciler.core.importing.secret_names import SecretNamePattern
    from reconciler.core.importing.table_rows import ManifestDraft
    from reconciler.core.results.exit_status import exit_code_for_new
    from reconciler.core.values import ShopKey
    from reconciler.workflows.new import new

    key = ShopKey(shop)
    draft = ManifestDraft(
        shop=key, group=group, values={"amazon.api.mws_auth_token": SecretNamePattern().for_shop(key).uri}
    )
    begun = new(draft, source, wiring.drafts(settings), wiring.file_writer())
    terminal.findings(begun.findings)
    terminal.write(_shown(begun, terminal))
    if begun.news is not None:
        hint_editor_schema(settings, terminal)
    return exit_code_for_new(begun)


def _shown(begun: NewManifestResult, terminal: Terminal) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.authoring import new_json

            return new_json(begun)
        case "markdown":
            from reconciler.views.markdown.authoring import new_markdown

            return new_markdown(begun, terminal.render_context())
        case _:
            from reconciler.views.text.authoring import render_new

            return render_new(begun, terminal.render_context())
