"""`reconciler init`: the folder of a new fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.options.project import backend_option, project_options, require_ci
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="init",
    short_help=_("Set up a folder for a fleet."),
    help=_(
        "Set up the current folder for a fleet: reconciler.yaml, .gitignore, JSON Schemas for editors, CODEOWNERS (with --owner),"
        " CI files (with --ci) and a manifest for SHOP (default: my-shop)."
    )
    + "\n\n"
    + _(
        "Existing files are kept. Without --backend, the fleet uses the embedded backend with this one shop in it."
        " In a folder that has settings, --ci adds only what CI needs."
    ),
)
@argument("shop", metavar="[SHOP]", required=False)
@backend_option(_("Address of the admin backend. Default: the embedded backend."))
@project_options
@output_options
def command(  # noqa: PLR0913  # a command's options, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    shop: str | None,
    backend: str | None,
    owner: str | None,
    ci: str | None,
    requirement: str | None,
) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.init import InitRequest, init_folder

    require_ci(ci)
    request = InitRequest(
        shop=None if shop is None else parse_shop_key(shop),
        backend=backend,
        owner=owner,
        ci=ci,
        requirement=requirement,
    )
    return run_command(terminal, config, init_folder, request)
