"""What a worker cannot start without, found before it listens: settings, the queue, the repository of the commits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.fleet.scale_settings import ExecutorKind
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.adapters.settings.settings import Settings
    from reconciler.adapters.store.queue.queue_place import QueuePlace

_ASKING: Final = 30.0
"""Seconds for the repository to answer."""


def check_worker(settings: Settings) -> QueuePlace:
    """Where the queue is. Raises SetupError, and ModuleNotFoundError where the extra `scale` is not installed."""
    _check_executor(settings)
    _check_store(settings)
    import reconciler.scale.worker  # noqa: F401  # what is not installed is said before anything is opened
    from reconciler.wiring.scale.queue import queue_place

    _check_repository(settings)
    return queue_place(settings)


def _check_executor(settings: Settings) -> None:
    if settings.executor is not ExecutorKind.PROCRASTINATE:
        raise _refusal(
            msg(
                "Fleet runs are not divided among workers: `executor` is `{executor}`", executor=settings.executor.value
            ),
            msg("Set `executor: procrastinate`, or run `drift` and `apply` without a worker"),
            "executor",
        )


def _check_store(settings: Settings) -> None:
    if not settings.store.startswith(("postgres:", "postgresql:", "postgresql+")):
        raise _refusal(
            msg("Workers need a PostgreSQL store, and `store` is a file"),
            msg("Set `store: postgresql://...`; `reconciler store copy` takes the history along"),
            "store",
        )


def _check_repository(settings: Settings) -> None:
    """That of the commits: it answers, with any content."""
    from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent, first_line
    from reconciler.core.diagnostics.redaction import redact
    from reconciler.wiring.fleet.commit_session import fleet_mirror

    source = fleet_mirror(settings).source
    try:
        done = GitProgram(settings.root).ask("ls-remote", "--quiet", "--", source, "HEAD", seconds=_ASKING)
        reason = None if done.returncode == 0 else redact(first_line(done.stderr))
    except GitMissing:
        reason = "git"
    except GitSilent as error:
        reason = str(error)
    if reason is not None:
        raise _refusal(
            msg("The repository {source} cannot be read: {reason}", source=redact(source), reason=reason),
            msg("Set `scale.mirror` to a path or an address of the repository that this machine can read"),
            "scale.mirror",
        )


def _refusal(text: Message, hint: Message, subject: str) -> SetupError:
    return SetupError(text, hint=hint, code=codes.NO_WORKER, subject=subject)
