"""What every command that needs settings does around its story: load them, run, and turn a failure into findings.

In: a terminal, the settings' path, a story. Out: the story's verdict, or that of what stopped it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli import collect_seldom
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import Verdict
    from reconciler.wiring import Settings


def with_settings(terminal: Terminal, config: Path | None, story: Callable[[Settings], Verdict]) -> Verdict:
    """A story that is told at once."""
    from reconciler import wiring

    collect_seldom()
    settings = wiring.load_settings(config)
    return fail(terminal, settings) if isinstance(settings, tuple) else story(settings)


def with_backend(terminal: Terminal, config: Path | None, story: Callable[[Settings], Awaitable[Verdict]]) -> Verdict:
    """A story that asks a backend."""
    import anyio

    return with_settings(terminal, config, lambda settings: guarded(terminal, lambda: anyio.run(story, settings)))


def guarded(terminal: Terminal, story: Callable[[], Verdict]) -> Verdict:
    """The story, or why it could not begin: no backend to read from, no secret to speak to it with."""
    from reconciler import wiring
    from reconciler.core.diagnostics.diagnostic import Severity, found
    from reconciler.core.diagnostics.exit_codes import Verdict
    from reconciler.ports import BackendError, SecretMissing, Unusable

    try:
        return story()
    except BackendError as error:
        return fail(terminal, (wiring.diagnose(error),))
    except Unusable as unusable:
        why = found(
            unusable.code,
            unusable.text,
            way_on=unusable.way_on,
            subject=unusable.subject,
            origin=unusable.origin,
        )
        told = fail(terminal, (why,))
        return Verdict.REFUSED if unusable.code.severity is Severity.REFUSED else told
    except SecretMissing as missing:
        return fail(terminal, (found(missing.code, missing.text, way_on=missing.way_on),))
    except BaseExceptionGroup as group:
        only = _said_by_all(group, (BackendError, Unusable, SecretMissing))
        if only is None:
            raise
        return guarded(terminal, partial(_raise, only))


def fail(terminal: Terminal, findings: Sequence[Diagnostic]) -> Verdict:
    """Says why the command could not go on, in the format that was asked for."""
    from reconciler.core.results.exit_status import of_findings

    match terminal.output:
        case "json":
            from reconciler.views.json.validation import failure_json

            terminal.write(failure_json(findings))
        case "markdown":
            from reconciler.views.markdown.validation import failure_markdown

            terminal.write(failure_markdown(findings, terminal.look()))
        case _:
            terminal.findings(findings)
    return of_findings(findings)


def _said_by_all(group: BaseExceptionGroup, known: tuple[type[Exception], ...]) -> BaseException | None:
    """The first error of a group that holds nothing but known ones: a store that fails fails many tasks at once."""
    leaves: list[BaseException] = [*group.exceptions]
    while any(isinstance(leaf, BaseExceptionGroup) for leaf in leaves):
        leaves = [e for leaf in leaves for e in (leaf.exceptions if isinstance(leaf, BaseExceptionGroup) else [leaf])]
    return leaves[0] if all(isinstance(leaf, known) for leaf in leaves) else None


def _raise(error: BaseException) -> Verdict:
    raise error
