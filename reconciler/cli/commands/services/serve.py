"""`reconciler serve`: the embedded backend over HTTP, the receiver of Amazon's notifications, the operators' pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.listen import IPN_PORT, announce_ready, listen_address, listen_options, ops_options
from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, option
from reconciler.cli.shell.click_types import PORT
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring.servers import Served
    from reconciler.wiring.session import Settings


@click.group(
    cls=Group,
    name="serve",
    short_help=_("Serve the embedded backend or the console, or receive notifications."),
    help=_("Serve the embedded backend, the receiver of Amazon's notifications, or the operators' pages over HTTP."),
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
@listen_options("backend", 8765)
@option("--faults", is_flag=True, help=_("Enable the routes that inject faults, for tests."))
@option(
    "--mail-port", type=PORT, metavar="PORT", envvar="RECONCILER_BACKEND_MAIL_PORT",
    help=_("Receive mails to the shops on this port of 127.0.0.1 and show them on the screens. 0: any free port."),
)  # fmt: skip
@output_options
def backend(  # one argument for each option, all by keyword
    *, terminal: Terminal, config: SettingsFile, host: str, port: int, faults: bool, mail_port: int | None
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_with_settings

    def serve(settings: Settings) -> ExitCode:
        from reconciler.core.diagnostics.exit_codes import ExitCode
        from reconciler.wiring.servers import BackendOptions, serve_backend

        options = BackendOptions(
            address=listen_address("backend", host, port),
            faults=faults,
            mails=None if mail_port is None else listen_address("backend", "127.0.0.1", mail_port, part="mail-"),
        )
        serve_backend(settings, options, lambda served: _announce_backend(terminal, served))
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)


def _announce_backend(terminal: Terminal, served: Served) -> None:
    from reconciler.core.diagnostics.messages import msg

    announce_ready(terminal, "backend", served.address)
    terminal.info(
        msg(
            "client id: {client}; client secret: {source}; shops: {shops}",
            client=served.client,
            source=served.secret_from,
            shops=served.shops,
        )
    )
    terminal.info(
        msg("screens: {address} (sign in with the client id and the client secret)", address=f"{served.address}admin/")
    )
    if served.mail_port is not None:
        terminal.info(
            msg("mails to the shops are received on 127.0.0.1:{port} and shown on the screens", port=served.mail_port)
        )


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
@listen_options("ipn", IPN_PORT)
@ops_options("ipn", 8767)
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
            announce_ready(terminal, "ipn", serving.address)
            terminal.info(msg("health checks and metrics on {address}", address=f"{serving.operators_address}metrics"))
            terminal.info(msg("received notifications are stored in {inbox}", inbox=serving.inbox))
            if serving.warnings:
                terminal.show_aside(DoneResult(diagnostics=serving.warnings))

        listen = ListenOptions(
            front=listen_address("ipn", host, port, shared=share_port),
            operators=listen_address("ipn", ops_host, ops_port, part="ops-"),
            receive_only=receive_only,
        )
        serve_sidecar(settings, listen, announce)
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)


@command.command(
    cls=Command,
    name="console",
    short_help=_("Serve the operators' pages."),
    help=_(
        "Serve pages that show the fleet in a browser until interrupted: shops, findings, runs, plans, notifications, alerts."
        " The pages only show. Operators sign in with `console.token`, or at the proxy of `console.proxy`; without either, the"
        " console only listens on this machine."
    ),
)
@listen_options("console", 8769)
@output_options
def console(*, terminal: Terminal, config: SettingsFile, host: str, port: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_with_settings

    def serve(settings: Settings) -> ExitCode:
        from reconciler.core.diagnostics.exit_codes import ExitCode
        from reconciler.wiring.servers import serve_console

        address = listen_address("console", host, port)
        serve_console(settings, address, lambda served: announce_ready(terminal, "console", served))
        return ExitCode.DONE

    return run_with_settings(terminal, config, serve)
