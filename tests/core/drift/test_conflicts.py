"""The guard on overwriting what a person changed."""

from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.core.diagnostics import codes
from reconciler.core.drift.conflicts import apply_conflict_guard, conflict_diagnostics
from reconciler.core.drift.drift import drift_of
from reconciler.core.drift.label import DriftLabel
from reconciler.core.model.canonical import DigestKey, to_canonical
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import AllowList
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.last_applied import LastApplied, stored_value
from reconciler.core.values import SecretDigest
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.strategies import MAILS, TOKENS, pairs, secret

KEY = DigestKey(b"key of the house")
OTHER = "other@kyoto-tea.example"
MAIL = "amazon_settings.notification_email"


def planned(wanted, shop):
    return plan_shop(wanted, look(shop), RequestPace())


MOVED = planned(desired_with(notification_email=MAILS[0], pre_order=False), live(mail=MAILS[1]))


def past(last=OTHER, field=MAIL):
    return LastApplied(applied={field: last}, key=KEY)


def test_a_field_that_both_moved_holds_its_shop_and_names_the_flag():
    (finding,) = conflict_diagnostics(MOVED, past())
    assert (finding.code, finding.shop, finding.subject) == (codes.BOTH_MOVED, "a", "amazon.notification.email")
    assert "--take git:a" in str(finding.hint)


@pytest.mark.parametrize("last", [MAILS[0], MAILS[1], ["no value"]])
def test_a_field_that_one_side_moved_holds_nothing(last):
    assert list(conflict_diagnostics(MOVED, past(last))) == []


@given(pairs)
def test_where_nothing_was_applied_nothing_is_held(pair):
    assert list(conflict_diagnostics(plan_shop(pair[0], pair[1], RequestPace()), LastApplied())) == []


def test_what_is_written_again_unchanged_overwrites_nothing():
    plan = planned(desired_with(enabled=True), live(pay_use=False))
    assert [change.reason for change in plan.written_changes] == [Reason.REWRITTEN]
    assert list(conflict_diagnostics(plan, past(last=False, field="amazon_settings.enabled"))) == []


def test_what_drift_calls_a_conflict_is_what_is_held():
    wanted, shop = desired_with(mws_auth_token=secret(TOKENS[0])), live(token=None)
    before = past(stored_value(secret(TOKENS[1]), None, KEY), "amazon_settings.mws_auth_token")
    (reported,) = drift_of(wanted, look(shop), planned(wanted, shop), before).entries
    assert reported.label is DriftLabel.CONFLICT
    assert len(list(conflict_diagnostics(planned(wanted, shop), before))) == 1


def test_the_secrets_of_a_saved_plan_are_compared_by_their_digests():
    plan = planned(desired_with(mws_auth_token=secret(TOKENS[0])), live(token=None))
    (change,) = plan.written_changes
    written = to_canonical(change.after, KEY)
    saved = replace(plan, changes=(replace(change, after=SecretDigest(written["source"], written["digest"])),))
    field = "amazon_settings.mws_auth_token"
    assert list(conflict_diagnostics(saved, past(written, field))) == []
    assert len(list(conflict_diagnostics(saved, past(stored_value(secret(TOKENS[1]), None, KEY), field)))) == 1


@pytest.mark.parametrize(
    ("grants", "held"),
    [
        ((), True),
        (((codes.BOTH_MOVED.slug, "*"),), False),
        (((codes.BOTH_MOVED.slug, "a*"),), False),
        (((codes.BOTH_MOVED.slug, "b"),), True),
        (((codes.TURNING_OFF.slug, "*"),), True),
    ],
)
def test_a_grant_lets_the_shops_it_names_through(grants, held):
    plan = build_plan([MOVED])
    guarded = apply_conflict_guard(plan, {MOVED.shop: past()}, AllowList(entries=grants))
    assert guarded.shops[0].blocked is held
    assert guarded.fingerprint == plan.fingerprint
    assert apply_conflict_guard(plan, {}, AllowList()) == plan
