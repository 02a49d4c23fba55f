"""What was heard of the shops: the sidecar's inbox, for those who only look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.wiring.machine import clock

if TYPE_CHECKING:
    from reconciler.workflows.hearing import Ear


def ear(settings: Settings) -> Ear | None:
    """None where no sidecar was ever at work: looking makes no inbox."""
    told = settings.sidecar
    if "://" not in told.inbox and not Path(told.inbox).exists():
        return None
    from reconciler.adapters.store import StoreNotifications
    from reconciler.workflows.hearing import Ear

    return Ear(notifications=StoreNotifications(told.inbox), clock=clock(), patience=told.silence, memory=told.max_age)
