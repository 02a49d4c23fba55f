"""`reconciler serve`: the embedded backend over HTTP, and the receiver of Amazon's notifications."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring.session import Settings


@click.group(
    cls=Group,
    name="serve",
    short_help=_("Serve the embedded backend, or receive notifications."),
    help=_("Serve a part of the tool over HTTP."),
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
@output_options
def backend(*, terminal: Terminal, config: Path | None, host: str, port: int, faults: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_with_settings

    def serve(settings: Settings) -> ExitCode:
        from reconciler.core.diagnostics.exit_codes import ExitCode
        from reconciler.core.diagnostics.messages import msg
        from reconciler.wiring.servers import Served, serve_backend

        def announce(served: Served) -> None:
            terminal.info(
                msg("serving on http://{host}:{port}/ until interrupted (Ctrl-C)", host=_shown(host), port=served.port)
            )
            terminal.info(
                msg(
                    "the client id is {client}, its secret comes from {source}; shops: {shops}",
                    client=served.client,
                    source=served.secret_from,
                    shops=served.shops,
                )
            )

        serve_backend(settings, host, port, faults, announce)
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)


@command.command(
    cls=Command,
    name="ipn",
    short_help=_("Receive Amazon Pay's notifications."),
    help=_(
        "Receive Amazon Pay's notifications (IPN), mark captured orders as 入金済み, and mail on failed payments, as the "
        "settings describe it, until interrupted. It speaks HTTP: put what ends TLS in front of it, and hand on the path "
        "as it is. /healthz, /readyz and /metrics are served on a port of their own, which is not for the world."
    ),
)
@option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@option(
    "--port", type=click.IntRange(0, 65535), default=8766, show_default=True, help=_("The port; 0 takes a free one.")
)
@option("--ops-host", default="127.0.0.1", show_default=True, help=_("The address that operators look at."))
@option(
    "--ops-port",
    type=click.IntRange(0, 65535),
    default=8767,
    show_default=True,
    help=_("The port that operators look at; 0 takes a free one."),
)
@output_options
def ipn(  # one an option
    *, terminal: Terminal, config: Path | None, host: str, port: int, ops_host: str, ops_port: int
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_with_settings

    def serve(settings: Settings) -> ExitCode:
        from reconciler.core.diagnostics.exit_codes import ExitCode
        from reconciler.core.diagnostics.messages import msg
        from reconciler.core.results.command import DoneResult
        from reconciler.wiring.servers import ListenOptions, ServingInfo, serve_sidecar

        def announce(told: ServingInfo) -> None:
            terminal.info(
                msg(
                    "receiving notifications on http://{host}:{port}/ until interrupted (Ctrl-C)",
                    host=_shown(host),
                    port=told.port,
                )
            )
            terminal.info(
                msg("operators look at http://{host}:{port}/metrics", host=_shown(ops_host), port=told.operators_port)
            )
            terminal.info(msg("what is received is kept in {inbox}", inbox=told.inbox))
            if told.warnings:
                terminal.show_aside(DoneResult(diagnostics=told.warnings))

        listen = ListenOptions(host=host, port=port, operators_host=ops_host, operators_port=ops_port)
        serve_sidecar(settings, listen, announce)
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
