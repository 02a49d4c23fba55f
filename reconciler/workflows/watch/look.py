"""One look of the watcher: a recorded drift check of the shops that are due, or of the whole fleet, with its alerts.

In: a session, and shops (None: the fleet as a whole). Out: how each shop ended. A shop that cannot be read, or whose manifest is
invalid, does not keep the others from being looked at.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.model.selection import Selection
from reconciler.core.results.validation_result import FailureResult
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.alerts.rules import read_alert_rules
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.watch.parts import PartFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.watch.shop_queue import DueShop
    from reconciler.workflows.session import Session


@frozen
class WatchLook:
    """`unread` are the shops that could not be compared, `drifted` those that differ. `exit_code` is what `drift` would have
    ended with, because of `problems`, of manifests and of shops that could not be read.
    """

    compared: frozenset[str]
    unread: frozenset[str]
    drifted: frozenset[str]
    exit_code: ExitCode
    problems: tuple[Diagnostic, ...] = ()


async def look_at(session: Session, due: Sequence[DueShop], *, complete: bool) -> WatchLook:
    """Raises BackendError where nothing can be read; SetupError, PartFailure where it cannot be recorded: then there was no
    look.
    """
    started = session.clock.monotonic()
    names = frozenset(each.shop for each in due)
    selection = Selection() if complete else Selection(names=names)
    alerts = not isinstance(read_alert_rules(session), FailureResult)  # that is shown by the part that sends them
    result = await detect_drift(session, DriftRequest(selection=selection, alerts=alerts, record=True))
    if isinstance(result, FailureResult):
        raise PartFailure(result.diagnostics[0])
    unrecorded = next((each for each in result.diagnostics if each.code is codes.LOOK_NOT_RECORDED), None)
    if unrecorded is not None:
        raise PartFailure(unrecorded)
    unread = frozenset(str(shop.shop) for shop in result.drift.shops if shop.unknown)
    look = WatchLook(
        compared=frozenset(str(shop.shop) for shop in result.drift.shops) - unread,
        unread=unread,
        drifted=frozenset(str(shop.shop) for shop in result.drift.shops if shop.differs),
        exit_code=result.exit_code,
        problems=tuple(each for each in result.all_diagnostics if each.blocking),
    )
    seconds = round(session.clock.monotonic() - started, 3)
    log_event(
        "watch-look", shops=len(names), complete=complete, drifted=len(look.drifted), unread=len(unread),
        reasons=_counted(due), requests=len(result.requests), seconds=seconds,
    )  # fmt: skip
    _log_problems(look)
    return look


def _log_problems(look: WatchLook) -> None:
    """Those of manifests: for a shop that could not be read there is an event already."""
    for each in look.problems:
        if each.shop not in look.unread:
            place = None if each.origin is None else str(each.origin)
            log_event("manifest-invalid", level="warning", shop=each.shop, code=each.code.number, place=place)


def _counted(due: Sequence[DueShop]) -> str:
    """`backend 3, schedule 120`."""
    counts = Counter(reason.value for each in due for reason in each.reasons)
    return ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
