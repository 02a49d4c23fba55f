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
    """Raises SetupError where a file that workers read differs from the commit, and where Git cannot be asked."""
    from reconciler.adapters.git.repository import GitRepository
    from reconciler.adapters.manifests.ledger import LEDGER_NAME
    from reconciler.adapters.settings.settings_path import FILE_NAME

    name = FILE_NAME if settings.file is None else settings.file.name
    manifests, root = GitRepository(settings.manifests), GitRepository(settings.root)
    shown = settings.manifests_shown_as
    changed = [
        *sorted(root.uncommitted(name, LEDGER_NAME)),
        *(f"{shown}/{each}" for each in sorted(manifests.uncommitted())),
    ]
    if changed:
        raise SetupError(
            msg("Not committed: {files}", files=", ".join([*changed[:_NAMED], *(["..."] if changed[_NAMED:] else [])])),
            code=codes.NOT_COMMITTED,
            hint=msg("Commit them: workers read the manifests and settings of the commit"),
        )
    return CleanCommit(commit=root.head(), settings=f"{root.prefix()}{name}")
