"""`reconciler serve backend`: the embedded backend over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.command import Command, Group, _, option
from reconciler.cli.options import language_option, reporting
from reconciler.cli.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.exits import Verdict
    from reconciler.wiring import Settings


@click.group(
    cls=Group, name="serve", short_help=_("Serve the embedded backend."), help=_("Serve a part of the tool over HTTP.")
)
@language_option
def command() -> None:
    """Holds what can be served."""


@command.command(
    cls=Command,
    name="backend",
    short_help=_("Serve the embedded backend over HTTP."),
    help=_("Serve the embedded backend, as the settings describe it, over HTTP until interrupted."),
)
@option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help=_("The port; 0 takes a free one.")
)
@option(
    "--faults",
    is_flag=True,
    help=_("Also open the routes that make faults on purpose, for trying out."),
)
@reporting
def backend(*, terminal: Terminal, config: Path | None, host: str, port: int, faults: bool) -> Verdict:
    from reconciler.cli.run import guarded, with_settings

    def story(settings: Settings) -> Verdict:
        from reconciler import wiring
        from reconciler.core.exits import Verdict
        from reconciler.core.texts import say

        def announce(served: wiring.Served) -> None:
            shown = f"[{host}]" if ":" in host else host
            terminal.note(
                say("serving on http://{host}:{port}/ until interrupted (Ctrl-C)", host=shown, port=served.port)
            )
            terminal.note(
                say(
                    "the client id is {client}, its secret is from {source}; shops: {shops}",
                    client=served.client,
                    source=served.secret_from,
                    shops=served.shops,
                )
            )

        wiring.serve_backend(settings, host, port, faults, announce)
        return Verdict.DONE

    return with_settings(terminal, config, lambda settings: guarded(terminal, lambda: story(settings)))
