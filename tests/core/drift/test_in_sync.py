"""The fast check accepts exactly the shops that match their manifests."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.drift.drift import drift_of
from reconciler.core.drift.in_sync import is_in_sync
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.state import Known, Observed
from reconciler.core.planning.field_diff import declared_values
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.runs.last_applied import LastApplied, stored_value
from reconciler.core.values import ABSENT, PRE_SET, ApiStatus
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.strategies import MAILS, TOKENS, as_wish, desired, finding, pairs, secret

KEY = DigestKey(b"key of the house")
NOTHING = LastApplied(key=KEY)


def with_settings(seen, **values):
    read = seen.reads["amazon_settings"]
    return replace(seen, reads={**seen.reads, "amazon_settings": Known(replace(read.value, **values), read.version)})


def compared(wanted, seen, past):
    """The result of the full comparison."""
    plan = plan_shop(wanted, seen, RequestPace())
    printed = drift_of(wanted, seen, plan, past)
    return (*plan.changes, *plan.findings, *printed.entries, *printed.findings)


def remembered(wanted):
    return LastApplied(
        applied={str(ref): stored_value(value, None, KEY) for ref, value in declared_values(wanted)}, key=KEY
    )


def half_remembered(wanted):
    whole = remembered(wanted).applied
    return LastApplied(applied={name: whole[name] for name in sorted(whole)[::2]}, key=KEY)


@given(pairs, st.sampled_from((lambda _: NOTHING, remembered, half_remembered)))
def test_the_full_comparison_reports_nothing_for_a_shop_in_sync(pair, past):
    for wanted in (pair[0], as_wish(pair[1])):
        if is_in_sync(wanted, pair[1], past(wanted)):
            assert not compared(wanted, pair[1], past(wanted))


@given(desired)
def test_a_shop_that_could_not_be_read_is_not_in_sync(wanted):
    assert not is_in_sync(wanted, Observed.unknown(wanted.shop, finding()), NOTHING)


def test_a_shop_as_desired_is_in_sync():
    seen = look(live())
    assert is_in_sync(as_wish(seen), seen, NOTHING)
    assert is_in_sync(as_wish(seen), seen, remembered(as_wish(seen)))


def test_a_secret_matches_where_the_backend_shows_its_seal():
    seen = look(live())
    assert is_in_sync(desired_with(mws_auth_token=secret(TOKENS[0])), seen, NOTHING)
    assert not is_in_sync(desired_with(mws_auth_token=secret(TOKENS[1])), seen, NOTHING)


def test_unmanaged_fields_do_not_prevent_in_sync():
    seen = look(live())
    texts = as_wish(seen).values["system_parts"].messages
    some = dict(list(texts.items())[:1])
    assert some
    assert is_in_sync(desired_with(messages=some, enabled=True), seen, NOTHING)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        (desired_with(notification_email=MAILS[1]), look(live())),
        (desired_with(notification_email=MAILS[0]), look(live(mail=ABSENT))),
        (desired_with(messages={"no_such_part.label": "x"}), look(live())),
        (desired_with(enabled=True), look(live(pay_use=False))),
        (desired_with(enabled=True), with_settings(look(live()), api_status=ApiStatus.ERROR)),
        (desired_with(mws_auth_token=secret(TOKENS[0])), with_settings(look(live()), mws_auth_token=PRE_SET)),
    ],
    ids=["otherwise", "empty", "another part", "does not follow", "refused by Amazon", "pre-set"],
)
def test_a_shop_with_diagnostics_is_not_in_sync(wanted, seen):
    assert not is_in_sync(wanted, seen, NOTHING)
    assert compared(wanted, seen, NOTHING)


def test_what_was_last_applied_differently_is_reported():
    wanted, seen = desired_with(notification_email=MAILS[0]), look(live())
    past = LastApplied(applied={"amazon_settings.notification_email": MAILS[1]})
    assert not is_in_sync(wanted, seen, past)
    assert compared(wanted, seen, past)


def test_a_pre_set_token_that_is_never_recorded_does_not_prevent_in_sync():
    wanted = desired_with(mws_auth_token=PRE_SET, notification_email=MAILS[0])
    past = LastApplied(applied={"amazon_settings.notification_email": MAILS[0]}, key=KEY)
    assert is_in_sync(wanted, with_settings(look(live()), mws_auth_token=PRE_SET), past)
