"""What every command that needs settings does around its story: load them, run, and turn a failure into findings.

In: a terminal, the settings' path, a story. Out: the story's verdict, or that of what stopped it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli import relax_gc
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.wiring import Settings


def with_settings(terminal: Terminal, config: Path | None, story: Callable[[Settings], ExitCode]) -> ExitCode:
    """A story that is told at once."""
    from reconciler import wiring

    relax_gc()
    settings = wiring.load_settings(config)
    return report_failure(terminal, settings) if isinstance(settings, tuple) else story(settings)


def run_async_command(
    terminal: Terminal, config: Path | None, story: Callable[[Settings], Awaitable[ExitCode]]
) -> ExitCode:
    """A story that asks a backend."""
    import anyio

    return with_settings(terminal, config, lambda settings: handle_errors(terminal, lambda: anyio.run(story, settings)))


def handle_errors(terminal: Terminal, story: Callable[[], ExitCode]) -> ExitCode:
    """The story, or why it could not begin: no backend to read from, no secret to speak to it with."""
    from reconciler import wiring
    from reconciler.core.diagnostics.diagnostic import Severity, diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.ports import BackendError, SecretMissing, SetupError

    try:
        return story()
    except BackendError as error:
        return report_failure(terminal, (wiring.backend_error_diagnostic(error),))
    except SetupError as unusable:
        why = diagnostic(
            unusable.code,
            unusable.text,
            hint=unusable.hint,
            subject=unusable.subject,
            origin=unusable.origin,
        )
        told = report_failure(terminal, (why,))
        return ExitCode.REFUSED if unusable.code.severity is Severity.REFUSED else told
    except SecretMissing as missing:
        return report_failure(terminal, (diagnostic(missing.code, missing.text, hint=missing.hint),))
    except BaseExceptionGroup as group:
        only = _said_by_all(group, (BackendError, SetupError, SecretMissing))
        if only is None:
            raise
        return handle_errors(terminal, partial(_raise, only))


def report_failure(terminal: Terminal, findings: Sequence[Diagnostic]) -> ExitCode:
    """Says why the command could not go on, in the format that was asked for."""
    from reconciler.core.results.exit_status import exit_code_for_diagnostics

    match terminal.output:
        case "json":
            from reconciler.views.json.validation import failure_json

            terminal.write(failure_json(findings))
        case "markdown":
            from reconciler.views.markdown.validation import failure_markdown

            terminal.write(failure_markdown(findings, terminal.render_context()))
        case _:
            terminal.findings(findings)
    return exit_code_for_diagnostics(findings)


def _said_by_all(group: BaseExceptionGroup, known: tuple[type[Exception], ...]) -> BaseException | None:
    """The first error of a group that holds nothing but known ones: a store that fails fails many tasks at once."""
    leaves: list[BaseException] = [*group.exceptions]
    while any(isinstance(leaf, BaseExceptionGroup) for leaf in leaves):
        leaves = [e for leaf in leaves for e in (leaf.exceptions if isinstance(leaf, BaseExceptionGroup) else [leaf])]
    return leaves[0] if all(isinstance(leaf, known) for leaf in leaves) else None


def _raise(error: BaseException) -> ExitCode:
    raise error
