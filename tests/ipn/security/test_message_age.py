"""Checklist G: how old a message may be, by its own Timestamp, which stays the same however often it is sent again."""

from datetime import timedelta

import pytest

from reconciler.ipn.verify.envelope import EnvelopePolicy
from reconciler.ipn.verify.reasons import Refused, RejectReason
from tests.ipn.verify_pipeline import SIGNER, read
from tests.support.sns_signer import NOW, TOPIC, as_body

RULES = EnvelopePolicy(topics=frozenset({TOPIC}), max_age=timedelta(days=21))


def refused(published_ago: timedelta) -> Refused:
    with pytest.raises(Refused) as refusal:
        read(as_body(SIGNER.notification("x", published=NOW - published_ago)), rules=RULES)
    return refusal.value


@pytest.mark.parametrize(
    "ago", [timedelta(), timedelta(hours=2), timedelta(days=13), timedelta(days=21), timedelta(minutes=-5)]
)
def test_g_a_retry_of_weeks_and_a_clock_that_is_a_little_off_are_accepted(ago):
    assert read(as_body(SIGNER.notification("x", published=NOW - ago)), rules=RULES).published == NOW - ago


@pytest.mark.parametrize("ago", [timedelta(days=21, milliseconds=1), timedelta(days=400)])
def test_g_what_is_older_than_amazon_tries_may_be_our_clocks_fault_so_a_copy_is_kept_and_amazon_comes_again(ago):
    found = refused(ago)
    assert (found.ground, found.status, found.ground.permanent) == (RejectReason.TOO_OLD, 503, False)
    assert found.ground.kept


@pytest.mark.parametrize("ahead", [timedelta(minutes=5, milliseconds=1), timedelta(minutes=10), timedelta(days=400)])
def test_g_what_comes_from_the_future_may_be_our_clocks_fault_so_amazon_comes_again(ahead):
    found = refused(-ahead)
    assert (found.ground, found.status, found.ground.permanent) == (RejectReason.CLOCK_BEHIND, 503, False)
    assert not found.ground.kept
