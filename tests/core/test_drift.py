"""Drift: how the live backend stands apart from Git."""

from dataclasses import replace

from hypothesis import given

from reconciler.core.drift import Drift, Label, drift_of
from reconciler.core.plan import Pace, plan_shop
from reconciler.core.state import Observed
from tests.core.test_diff import look
from tests.examples import live, wish
from tests.generators import MAILS, as_wish, finding, observed, origin_at, pairs


def drift(desired, seen):
    return drift_of(desired, seen, plan_shop(desired, seen, Pace()))


@given(pairs)
def test_what_a_plan_would_write_has_drifted(pair):
    desired, seen = pair
    told = drift(desired, seen)
    plan = plan_shop(desired, seen, Pace())
    for entry in told.entries:
        if entry.label is Label.DIFFERS:
            change = plan.change_at(entry.ref)
            assert (change.before, change.after) == (entry.observed, entry.wanted)


@given(observed)
def test_a_world_that_is_wished_for_as_it_is_shows_only_what_does_not_follow(seen):
    assert {entry.label for entry in drift(as_wish(seen), seen).entries} <= {Label.NOT_FOLLOWING}


def test_a_derived_field_that_does_not_follow_points_at_the_line_of_what_it_follows():
    desired = replace(wish(enabled=True), origins={"amazon.enabled": origin_at(5)})
    entries = drift(desired, look(live(pay_use=False, mail=MAILS[1]))).entries
    assert [(str(entry.ref), entry.wanted, entry.observed, entry.origin) for entry in entries] == [
        ("amazon_pay_payment.use", True, False, origin_at(5))
    ]


def test_a_shop_that_could_not_be_read_is_unknown_and_not_without_drift():
    desired = wish(enabled=True)
    told = drift(desired, Observed.unknown(desired.shop, finding()))
    assert told.unknown
    assert told.entries == ()


def test_a_shop_that_drifted_is_not_unknown():
    told = drift(wish(pre_order=False), look(live()))
    assert not told.unknown
    assert not drift(wish(pre_order=True), look(live())).unknown
    assert Drift(shops=(told,)).drifted == (told,)


def test_a_drift_report_tells_what_concerns_the_run_and_each_shop():
    desired = wish(enabled=True)
    told = drift(desired, Observed.unknown(desired.shop, finding()))
    report = Drift(shops=(told,), findings=(finding(),))
    assert report.drifted == ()
    assert [found.shop for found in report.all_findings] == [None, "a"]
