"""`reconciler serve`: the embedded backend over HTTP, and the receiver of Amazon's notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, option
from reconciler.cli.shell.click_types import PORT
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring.session import Settings


@click.group(
    cls=Group,
    name="serve",
    short_help=_("Serve the embedded backend, or receive notifications."),
    help=_("Serve the embedded backend, or the receiver of Amazon's notifications, over HTTP."),
)
@language_option
def command() -> None:
    """Holds what can be served."""


@command.command(
    cls=Command,
    name="backend",
    short_help=_("Serve the embedded backend over HTTP."),
    help=_("Serve the embedded backend of the settings over HTTP until interrupted."),
)
@option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@option(
    "--port", type=PORT, metavar="PORT", default=8765, show_default=True, help=_("Port to listen on. 0: any free port.")
)
@option("--faults", is_flag=True, help=_("Enable the routes that inject faults, for tests."))
@output_options
def backend(*, terminal: Terminal, config: SettingsFile, host: str, port: int, faults: bool) -> ExitCode:
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
                    "client id: {client}; client secret: {source}; shops: {shops}",
                    client=served.client,
                    source=served.secret_from,
                    shops=served.shops,
                )
            )
            terminal.info(
                msg(
                    "screens: http://{host}:{port}/admin/ (sign in with the client id and the client secret)",
                    host=_shown(host),
                    port=served.port,
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
        "Receive the notifications (IPN) of Amazon Pay until interrupted: mark captured orders as 入金済み and send mails about"
        " failed payments. The receiver speaks HTTP: put a TLS proxy in front of it that keeps the path. /healthz, /readyz and"
        " /metrics have a port of their own, which should not be public."
    ),
)
@option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help=_("Address to listen on."))
@option(
    "--port", type=PORT, metavar="PORT", default=8766, show_default=True, help=_("Port to listen on. 0: any free port.")
)
@option(
    "--ops-host", metavar="ADDRESS", default="127.0.0.1", show_default=True,
    help=_("Address of health checks and metrics."),
)  # fmt: skip
@option(
    "--ops-port", type=PORT, metavar="PORT", default=8767, show_default=True,
    help=_("Port of health checks and metrics. 0: any free port."),
)  # fmt: skip
@option("--share-port", is_flag=True, help=_("Let several sidecars of this machine receive on the same --port."))
@option("--receive-only", is_flag=True, help=_("Only receive and store; a sidecar without this option processes."))
@output_options
def ipn(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    host: str,
    port: int,
    ops_host: str,
    ops_port: int,
    share_port: bool,
    receive_only: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_with_settings

    def serve(settings: Settings) -> ExitCode:
        from reconciler.core.diagnostics.exit_codes import ExitCode
        from reconciler.core.diagnostics.messages import msg
        from reconciler.core.results.command import DoneResult
        from reconciler.wiring.servers import ListenOptions, ServingInfo, serve_sidecar

        def announce(serving: ServingInfo) -> None:
            terminal.info(
                msg(
                    "receiving notifications on http://{host}:{port}/ until interrupted (Ctrl-C)",
                    host=_shown(host),
                    port=serving.port,
                )
            )
            terminal.info(
                msg(
                    "health checks and metrics on http://{host}:{port}/metrics",
                    host=_shown(ops_host),
                    port=serving.operators_port,
                )
            )
            terminal.info(msg("received notifications are stored in {inbox}", inbox=serving.inbox))
            if serving.warnings:
                terminal.show_aside(DoneResult(diagnostics=serving.warnings))

        listen = ListenOptions(
            host=host,
            port=port,
            operators_host=ops_host,
            operators_port=ops_port,
            share_port=share_port,
            receive_only=receive_only,
        )
        serve_sidecar(settings, listen, announce)
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
