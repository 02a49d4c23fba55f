"""Who closed a shop, by the backend's trail of changes. Pure: entries and write keys in, an answer out.

A request to close a shop may be answered by a proxy that repeated it, or not at all. A shop that is read as closed afterwards
may be closed by that request or by another actor, such as its merchant; only the trail shows which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum
from typing import Final

from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.state import FieldRef
from reconciler.core.values import StorefrontStatus
from reconciler.lib.frozen_class import frozen

_STATUS: Final = FieldRef("storefront_status", "status")
_CLOSED: Final = StorefrontStatus.CLOSED.value


class ClosureOwner(Enum):
    OURS = "ours"
    OTHER = "other"
    UNKNOWN = "unknown"
    """The backend keeps no trail, it could not be read, or it does not reach back to the closing."""


@frozen
class ClosureOrigin:
    """`actor` is who closed the shop, as the backend names them; empty where that is not known. `by_key`: the trail names the
    very request. `by_run`: it was a client of the same id, so another run.
    """

    owner: ClosureOwner
    actor: str = ""
    by_key: bool = False
    by_run: bool = False


UNKNOWN_ORIGIN: Final = ClosureOrigin(owner=ClosureOwner.UNKNOWN)


def closure_origin(trail: Iterable[AuditEntry], keys: Collection[str]) -> ClosureOrigin:
    """Who made the closing under which the shop is closed now. `trail` is newest first; `keys` name our own requests to close."""
    newest = next((entry for entry in trail if entry.field == _STATUS), None)
    if newest is None or newest.after != _CLOSED:
        return UNKNOWN_ORIGIN
    ours = newest.own if newest.write_key is None else newest.write_key in keys
    owner = ClosureOwner.OURS if ours else ClosureOwner.OTHER
    return ClosureOrigin(
        owner=owner,
        actor=newest.actor,
        by_key=ours and newest.write_key is not None,
        by_run=newest.own and not ours,
    )
