"""`reconciler show SHOP`: one shop as the backend has it, under the admin screens' own names. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.completions import shops
from reconciler.cli.shell.options import reporting
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import Verdict
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
@click.argument("shop", metavar="SHOP", shell_complete=shops)
@reporting
def command(*, terminal: Terminal, config: Path | None, shop: str) -> Verdict:
    from reconciler.cli.shell.error_boundary import with_backend
    from reconciler.core.model.state import Unknown
    from reconciler.core.results.exit_status import of_findings

    key = key_of(shop)

    async def story(settings: Settings) -> Verdict:
        from reconciler import wiring
        from reconciler.workflows.show import look_at

        async with wiring.observer(settings, terminal.heard) as backend:
            observed = await look_at(key, backend)
            log = terminal.log(backend.requests)
        terminal.write(_shown(observed, terminal, log))
        return of_findings(read.why for read in observed.reads.values() if isinstance(read, Unknown))

    return with_backend(terminal, config, story)


def key_of(text: str) -> ShopKey:
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

            return observed_markdown(observed, terminal.look())
        case _:
            from reconciler.views.text.observed import render_observed

            return render_observed(observed, terminal.look())
