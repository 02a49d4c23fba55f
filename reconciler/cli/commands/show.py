"""`reconciler show SHOP`: one shop as the backend has it, under the admin screens' own names. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.completions import complete_shops
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.state import Observed
    from reconciler.core.values import ShopKey
    from reconciler.wiring import Settings


@click.command(
    cls=Command,
    name="show",
    short_help=_("Show one shop as the backend has it."),
    help=_("Show the settings of one shop as the backend has them, under the admin screens' own names and paths.")
    + "\n\n"
    + _("Nothing is written, and no manifest is needed."),
)
@click.argument("shop", metavar="SHOP", shell_complete=complete_shops)
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str) -> ExitCode:
    from reconciler.cli.shell.error_boundary import run_async_command
    from reconciler.core.model.state import Unknown
    from reconciler.core.results.exit_status import exit_code_for_diagnostics

    key = parse_shop_key(shop)

    async def story(settings: Settings) -> ExitCode:
        from reconciler import wiring
        from reconciler.workflows.show import show_shop

        async with wiring.observer(settings, terminal.log_request) as backend:
            observed = await show_shop(key, backend)
            log = terminal.log(backend.requests)
        terminal.write(_shown(observed, terminal, log))
        return exit_code_for_diagnostics(read.reason for read in observed.reads.values() if isinstance(read, Unknown))

    return run_async_command(terminal, config, story)


def parse_shop_key(text: str) -> ShopKey:
    from gettext import gettext

    from reconciler.core.model.formats import SHOP_KEY
    from reconciler.core.values import ShopKey

    try:
        return ShopKey(text)
    except ValueError:
        form = SHOP_KEY.expected.render(gettext)
        message = gettext(_("{value!r} is not a shop key: {form}.")).format(value=text, form=form)
        raise click.BadParameter(message, param_hint="SHOP") from None


def _shown(observed: Observed, terminal: Terminal, log: Log) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.observed import observed_json

            return observed_json(observed, log)
        case "markdown":
            from reconciler.views.markdown.observed import observed_markdown

            return observed_markdown(observed, terminal.render_context())
        case _:
            from reconciler.views.text.observed import render_observed

            return render_observed(observed, terminal.render_context())
