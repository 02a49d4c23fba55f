"""What a drift says of each shop."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.values import Origin, ShopKey

IN_SYNC = ShopDrift(shop=ShopKey("kyoto-tea"), origin=Origin("shops/kyoto-tea.yaml"))
UNREAD = replace(IN_SYNC, shop=ShopKey("uji-cups"), findings=(diagnostic(codes.UNREACHABLE, msg("no answer")),))


def test_a_shop_that_could_not_be_read_is_unknown_and_not_in_sync() -> None:
    result = DriftResult(drift=Drift(shops=(IN_SYNC, UNREAD)))
    assert result.outcomes == {"kyoto-tea": "in-sync", "uji-cups": "unknown"}
    assert result.counts == {"in-sync": 1, "unknown": 1}
    assert result.exit_code is ExitCode.UNREACHABLE


def test_a_shop_that_was_left_closed_is_a_difference() -> None:
    result = DriftResult(drift=Drift(shops=(IN_SYNC,)), left_closed=frozenset({IN_SYNC.shop}))
    assert result.exit_code is ExitCode.DIFFERENCES
