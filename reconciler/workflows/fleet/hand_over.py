"""Who does the work of `drift` and `apply`: this process, or workers. A local run loads nothing of fleet runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.fleet.scale_settings import ExecutorKind

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.workflows.apply.from_manifests import ApplyRequest
    from reconciler.workflows.drift.detect import DriftRequest
    from reconciler.workflows.session import Session


async def detect_or_hand_over(session: Session, request: DriftRequest, executor: ExecutorKind | None) -> CommandResult:
    """`executor` None: that of the settings. Raises BackendError, SetupError."""
    if (executor or session.fleet.executor) is ExecutorKind.LOCAL:
        from reconciler.workflows.drift.detect import detect_drift

        return await detect_drift(session, request)
    from reconciler.workflows.fleet.start_run import start_look

    return await start_look(session, request)


async def apply_or_hand_over(session: Session, request: ApplyRequest, executor: ExecutorKind | None) -> CommandResult:
    """As `detect_or_hand_over`."""
    if (executor or session.fleet.executor) is ExecutorKind.LOCAL:
        from reconciler.workflows.apply.from_manifests import apply_manifests

        return await apply_manifests(session, request)
    from reconciler.workflows.fleet.start_run import start_apply

    return await start_apply(session, request)
