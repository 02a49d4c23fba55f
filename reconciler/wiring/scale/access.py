"""What a command needs to divide its work among workers, from the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.errors import SetupError
from reconciler.ports.fleet.fleet_access import CleanCommit, FleetAccess
from reconciler.wiring.scale.queue import ConfiguredChunkQueues
from reconciler.wiring.scale.runs import ConfiguredFleetRuns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.adapters.settings.settings import Settings

_NAMED: Final = 5


def fleet_access(settings: Settings) -> FleetAccess:
    return FleetAccess(
        executor=settings.executor,
        scale=settings.scale,
        runs=ConfiguredFleetRuns(settings),
        queues=ConfiguredChunkQueues(settings),
        clean_commit=partial(clean_commit, settings),
    )


def clean_commit(settings: Settings) -> CleanCommit:
    """Raises SetupError where a file that workers read differs from the commit, and where Git does not answer."""
    from reconciler.adapters.git.repository import GitRepository
    from reconciler.adapters.manifests.ledger import LEDGER_NAME
    from reconciler.adapters.settings.settings_path import FILE_NAME

    name = FILE_NAME if settings.file is None else settings.file.name
    root = GitRepository(settings.root)
    changed = [*sorted(root.uncommitted(name, LEDGER_NAME)), *_changed_manifests(settings)]
    if changed:
        raise SetupError(
            msg("Not committed: {files}", files=", ".join([*changed[:_NAMED], *(["..."] if changed[_NAMED:] else [])])),
            code=codes.NOT_COMMITTED,
            hint=msg("Commit them: workers read the manifests and settings of the commit"),
        )
    commit = root.head()
    _require_one_repository(settings, commit)
    return CleanCommit(commit=commit, settings=f"{root.prefix()}{name}")


def _changed_manifests(settings: Settings) -> Iterator[str]:
    from reconciler.adapters.git.repository import GitRepository

    for each in settings.manifest_roots:
        yield from (f"{each.shown_as}/{file}" for file in sorted(GitRepository(each.folder).uncommitted()))


def _require_one_repository(settings: Settings, commit: str) -> None:
    """A run has one commit, in which workers find all folders. Raises SetupError."""
    from reconciler.adapters.git.repository import GitRepository

    other = next((each for each in settings.manifest_roots if GitRepository(each.folder).head() != commit), None)
    if other is not None:
        raise SetupError(
            msg("The folder {folder} is not in the repository of the settings", folder=other.shown_as),
            code=codes.BAD_SETTINGS,
            hint=msg("Workers need all folders of `manifests` in one repository; or add `--executor local`"),
            subject="manifests",
        )
