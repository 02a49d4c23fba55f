"""Missed notifications: a registered endpoint, captures that only polling found, and no notification since."""

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.drift.drift import Drift, ShopDrift
from reconciler.core.drift.missed_notifications import NotificationState, missed_notification_diagnostic
from reconciler.core.values import ShopKey
from tests.support.strategies import origin_at

PLACE = origin_at(3, "shops/a.yaml")
DUE = "2026-04-02T09:30:00Z"
QUIET = NotificationState(registered=True, last="2026-04-01T03:00:00Z", missed_captures=12, missed_since=DUE)


def reported(hearing):
    return missed_notification_diagnostic(ShopKey("a"), hearing, DUE, PLACE)


def test_a_capture_that_should_have_been_heard_of():
    found = reported(QUIET)
    assert (found.code, found.severity, found.shop, found.origin) == (codes.SILENT, Severity.WARNING, "a", PLACE)
    assert found.subject == "seller_central.ipn_endpoint"
    for part in ("2026-04-01T03:00:00Z", DUE, ": 12"):
        assert part in str(found.summary)


def test_a_shop_of_which_nothing_was_ever_heard():
    assert "No notification is stored, but polling found" in str(reported(replace(QUIET, last=None)).summary)


@pytest.mark.parametrize(
    "hearing",
    [
        replace(QUIET, registered=False),
        replace(QUIET, missed_since="2026-04-02T09:30:01Z"),
        NotificationState(registered=True, last="2020-01-01T00:00:00Z"),
        NotificationState(registered=True),
    ],
    ids=["not registered", "not yet due", "nothing was captured", "nothing ever happened"],
)
def test_what_is_no_silence(hearing):
    assert reported(hearing) is None


def test_silence_counts_as_a_difference_and_not_as_a_drifted_field():
    shop = ShopDrift(shop=ShopKey("a"), origin=PLACE, findings=(reported(QUIET),), missed_notifications=True)
    assert not shop.drifted
    assert Drift(shops=(shop,)).differs
    assert not Drift(shops=(replace(shop, missed_notifications=False),)).differs
