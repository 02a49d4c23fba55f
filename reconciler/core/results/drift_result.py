"""The result of `drift`: where the backend differs from Git."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.results.command import CommandResult
from reconciler.core.results.exit_status import exit_code_for_read
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen

_OF_ALERTS: Final = frozenset({codes.ALERT_DELAYED, codes.ALERT_FAILED, codes.ALERTS_NOT_QUEUED})


@frozen
class DriftResult(CommandResult):
    """`drift` carries all its diagnostics itself. `left_closed` are shops that earlier runs may have left closed.

    `only_news`: only what is new was asked for, so that nothing is said where nothing is. `read_by` is who asked, with the event
    up to which it then knows everything.
    """

    kind: ClassVar[str] = "drift"
    drift: Drift
    left_closed: frozenset[ShopKey] = frozenset()
    only_news: bool = False
    read_by: tuple[str, int] | None = None

    @property
    def silent(self) -> bool:
        """Whether people see nothing at all but what is wrong with alerts, if anything is."""
        said = any(each.code not in _OF_ALERTS for each in self.all_diagnostics)
        return self.only_news and not (self.drift.differs or self.left_closed or said)

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(self.drift.all_findings)

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(self.outcomes.values())

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {shop.shop: _outcome(shop) for shop in self.drift.shops}

    @property
    def exit_code(self) -> ExitCode:
        return exit_code_for_read(self.all_diagnostics, differs=self.drift.differs, left_closed=bool(self.left_closed))


def _outcome(shop: ShopDrift) -> str:
    if shop.unknown:
        return "unknown"
    if shop.problems:
        return "critical"
    return "drifted" if shop.differs else "in-sync"
