"""What every command does around its use case: load the settings, open a session, run, show the result.

In: a terminal, the settings' path, a use case and its request. Out: the exit code of the result, or of what stopped it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from reconciler.cli import relax_gc
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.command import CommandResult
    from reconciler.wiring.session import Settings
    from reconciler.workflows.session import Session

    Outcome = CommandResult | Awaitable[CommandResult]


def run_command(  # noqa: PLR0913  # what differs between commands, nearly all by keyword
    terminal: Terminal,
    config: SettingsFile,
    use_case: Callable[..., Outcome],
    *request: Any,
    auto_approve: bool = False,
    exit_zero: bool = False,
    from_saved: bool = False,
    after: Callable[[Session, Any], None] | None = None,
) -> ExitCode:
    """Runs a use case of the workflows and shows its result. `exit_zero`: differences end with 0. `from_saved`: what it says of
    manifests was saved some time ago, so their lines are not shown. `after` is called once the result is shown, unless it is a
    failure.
    """

    def work(session: Session) -> ExitCode:
        result = _run(terminal, session, use_case, request)
        code = terminal.show(result)
        if after is not None and result.kind != "failure":
            after(session, result)
        return _without_differences(code) if exit_zero else code

    return run_with_session(
        terminal,
        config,
        work,
        auto_approve=auto_approve,
        from_saved=from_saved,
    )


def _without_differences(code: ExitCode) -> ExitCode:
    from reconciler.core.diagnostics.exit_codes import ExitCode

    return ExitCode.DONE if code is ExitCode.DIFFERENCES else code


def run_on_inbox(
    terminal: Terminal, config: SettingsFile, use_case: Callable[..., Awaitable[CommandResult]], *request: Any
) -> ExitCode:
    """Runs a use case of the operators of notifications and shows its result."""

    def work(settings: Settings) -> ExitCode:
        from reconciler.wiring.session import open_inbox

        inbox = open_inbox(settings)
        return _in_session(
            terminal,
            _session(terminal, settings, auto_approve=False),
            lambda session: terminal.show(_run(terminal, session, lambda _session: use_case(inbox, *request), ())),
        )

    return run_with_settings(terminal, config, work)


def run_service(
    terminal: Terminal, config: SettingsFile, service: Callable[..., Awaitable[CommandResult]], *request: Any
) -> ExitCode:
    """A use case that gets a session and its settings, applies without a question, and may run for months."""

    def work(settings: Settings) -> ExitCode:
        from reconciler.cli.shell.signals import SERVICE_STOPPING, TerminalSignals

        opened = _session(terminal, settings, auto_approve=True, service=True)
        session = replace(opened, stop_signals=TerminalSignals(terminal, SERVICE_STOPPING))
        return _in_session(
            terminal, session, lambda session: terminal.show(_run(terminal, session, service, (settings, *request)))
        )

    return run_with_settings(terminal, config, work)


def _in_session(terminal: Terminal, session: Session, work: Callable[[Session], ExitCode]) -> ExitCode:
    """A failure then says who ran the command, as a result does."""
    started = session.clock.now()

    def identified(result: CommandResult) -> CommandResult:
        return session.identified(result, terminal.command, started) if terminal.identifies else result

    return handle_errors(terminal, lambda: work(session), identified)


def _run(
    terminal: Terminal, session: Session, use_case: Callable[..., Outcome], request: tuple[Any, ...]
) -> CommandResult:
    """Who ran the command is found out for documents only: it costs a call of Git."""
    started = session.clock.now()
    result = finished(terminal, use_case(session, *request))
    return session.identified(result, terminal.command, started) if terminal.identifies else result


def run_with_session(
    terminal: Terminal,
    config: SettingsFile,
    work: Callable[[Session], ExitCode],
    *,
    auto_approve: bool = False,
    from_saved: bool = False,
) -> ExitCode:
    def in_session(settings: Settings) -> ExitCode:
        from reconciler.wiring.session import traced

        with traced(terminal.command, settings, terminal.info) as root:
            code = _in_session(terminal, _session(terminal, settings, auto_approve=auto_approve), work)
            root.set("process.exit.code", code.value)
        return code

    return run_with_settings(terminal, config, in_session, from_saved=from_saved)


def run_with_settings(
    terminal: Terminal, config: SettingsFile, work: Callable[[Settings], ExitCode], *, from_saved: bool = False
) -> ExitCode:
    from reconciler.core.results.validation_result import failure
    from reconciler.wiring.session import load_settings, logged_command
    from reconciler.wiring.terminal_files import source_reader

    relax_gc()
    terminal.sources.use(partial(source_reader, config.path, None))
    settings = load_settings(config.path, in_flight=config.in_flight, initial=config.initial)
    if isinstance(settings, tuple):
        with logged_command(terminal.command, None) as end:
            end.code = terminal.show(failure(*settings))
        return end.code
    if not from_saved:
        terminal.sources.use(partial(source_reader, config.path, settings))
    with logged_command(terminal.command, settings) as end:
        end.code = handle_errors(terminal, lambda: work(settings))
    terminal.streams.stderr.finish()
    return end.code


def finished(terminal: Terminal, outcome: Outcome) -> CommandResult:
    """Runs a use case to its end, in an event loop where it needs one.

    The loop never gets the result: at its end, Python 3.11 formats the finished task, result included, to distinguish signal
    handlers. For the plan of 1,000 shops that took 0.25 s.
    """
    if not isawaitable(outcome):
        return outcome
    import anyio

    results: list[CommandResult] = []

    async def main() -> None:
        results.append(await outcome)

    try:
        anyio.run(main)
    finally:
        terminal.streams.stderr.settle()
    return results[0]


def _as_it_is(result: CommandResult) -> CommandResult:
    return result


def handle_errors(
    terminal: Terminal,
    work: Callable[[], ExitCode],
    identified: Callable[[CommandResult], CommandResult] = _as_it_is,
) -> ExitCode:
    """The work, or why it could not be done: no backend to read from, no secret to speak to it with."""
    from reconciler.core.diagnostics.diagnostic import Severity, diagnostic
    from reconciler.core.results.validation_result import failure
    from reconciler.ports import BackendError, SecretMissing, SetupError
    from reconciler.wiring.session import backend_error_diagnostic

    try:
        return work()
    except BackendError as error:
        return terminal.show(identified(failure(backend_error_diagnostic(error))))
    except SetupError as error:
        why = diagnostic(error.code, error.text, hint=error.hint, subject=error.subject, origin=error.origin)
        return terminal.show(identified(failure(why, refused=error.code.severity is Severity.REFUSED)))
    except SecretMissing as missing:
        return terminal.show(identified(failure(diagnostic(missing.code, missing.text, hint=missing.hint))))
    except BaseExceptionGroup as group:
        only = _same_cause(group, (BackendError, SetupError, SecretMissing))
        if only is None:
            raise
        return handle_errors(terminal, partial(_raise, only), identified)


def _session(terminal: Terminal, settings: Settings, *, auto_approve: bool, service: bool = False) -> Session:
    from reconciler.cli.shell.approval import TerminalApprover
    from reconciler.cli.shell.listener import TerminalListener
    from reconciler.cli.shell.signals import TerminalSignals
    from reconciler.wiring.session import open_session

    return open_session(
        settings,
        approver=TerminalApprover(terminal, auto_approve=auto_approve),
        listener=TerminalListener(terminal),
        stop_signals=TerminalSignals(terminal),
        service=service,
    )


def _same_cause(group: BaseExceptionGroup, known: tuple[type[Exception], ...]) -> BaseException | None:
    """The first error of a group that holds nothing but known ones: a store that fails, fails many tasks at once."""
    leaves: list[BaseException] = [*group.exceptions]
    while any(isinstance(leaf, BaseExceptionGroup) for leaf in leaves):
        leaves = [e for leaf in leaves for e in (leaf.exceptions if isinstance(leaf, BaseExceptionGroup) else [leaf])]
    return leaves[0] if all(isinstance(leaf, known) for leaf in leaves) else None


def _raise(error: BaseException) -> ExitCode:
    raise error
