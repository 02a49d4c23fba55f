"""Whether Amazon's notifications reach the shops, from the sidecar's inbox. Read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.runtime import Clock


@frozen
class NotificationStats:
    """`last` is when the last genuine notification arrived, without samples; None: none is stored.

    `unheard` counts the captures that completed after it and that only polling found, `unheard_since` is when the first of
    them did.
    """

    last: datetime | None = None
    missed_captures: int = 0
    missed_since: datetime | None = None


class Notifications(Protocol):
    async def stats(self, shops: Sequence[ShopKey], since: datetime) -> Mapping[ShopKey, NotificationStats]:
        """For several shops at once. A shop without notifications is missing.

        Captures from before `since` are omitted: their notifications may be deleted. Raises SetupError.
        """
        ...


@frozen
class NotificationSource:
    """Where notifications are heard. A capture that is `patience` old should have been heard of; `memory` is how long a
    notification is kept.
    """

    notifications: Notifications
    clock: Clock
    patience: timedelta
    memory: timedelta


@frozen
class SidecarFinding:
    """A fact about the sidecar's settings and surroundings. `fix` is set for a problem; `unknown`: it could not be checked."""

    text: Message
    fix: Message | None = None
    unknown: bool = False
