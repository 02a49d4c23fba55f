"""Payments that do not work in a shop are differences, whether or not a field differs from Git."""

from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.drift.drift import Drift, drift_of, most_severe_first
from reconciler.core.drift.in_sync import is_in_sync
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.model.state import Known, Observed
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import ABSENT, ApiStatus, Registration
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live
from tests.support.strategies import MAILS, SELLERS, finding

REFUSED = {"api_status": ApiStatus.ERROR}
HIDDEN = {"buttons_visible": False}


def seen(shop, **values):
    observed = look(shop)
    read = observed.reads["amazon_settings"]
    return replace(
        observed, reads={**observed.reads, "amazon_settings": Known(replace(read.value, **values), read.version)}
    )


def drift(desired, observed):
    return drift_of(desired, observed, plan_shop(desired, observed, RequestPace()))


@pytest.mark.parametrize(
    ("values", "problem", "code"),
    [
        (REFUSED, PaymentProblem.CREDENTIALS_REFUSED, codes.API_ERROR),
        (HIDDEN, PaymentProblem.BUTTONS_HIDDEN, codes.INCOMPLETE),
        ({"notification_email": ABSENT, **HIDDEN}, PaymentProblem.BUTTONS_HIDDEN, codes.INCOMPLETE),
    ],
)
@pytest.mark.parametrize(
    "desired", [desired_with(pre_order=True), desired_with(enabled=True)], ids=["unmanaged", "managed"]
)
def test_a_live_shop_in_which_payments_do_not_work_differs_without_an_entry(values, problem, code, desired):
    reported = drift(desired, seen(live(), **values))
    result = DriftResult(drift=Drift(shops=(reported,)))
    critical = [each for each in reported.findings if each.severity is Severity.CRITICAL]
    assert reported.problems == (problem,)
    assert [each.code for each in critical] == [code]
    assert not critical[0].blocking
    assert result.exit_code is ExitCode.DIFFERENCES
    assert result.outcomes == {"a": "critical"}
    assert not is_in_sync(desired, seen(live(), **values), LastApplied())


def test_every_empty_item_is_named_in_one_finding():
    reported = drift(desired_with(enabled=True), seen(live(), notification_email=ABSENT, client_id=ABSENT, **HIDDEN))
    (only,) = [each for each in reported.findings if each.code is codes.INCOMPLETE]
    assert "ClientId" in str(only.summary)
    assert "Notification email" in str(only.summary)
    assert "will" not in str(only.summary)


@pytest.mark.parametrize("state", [{"is_open": False}, {"use_amazon": False, "pay_use": False, "pay_regular": False}])
def test_a_shop_that_is_not_live_is_only_warned_about(state):
    observed = seen(live(**state), **REFUSED)
    reported = drift(desired_with(pre_order=True), observed)
    assert reported.problems == ()
    assert [(each.code, each.severity) for each in reported.findings if each.code is codes.API_ERROR] == [
        (codes.API_ERROR, Severity.WARNING)
    ]
    assert not is_in_sync(desired_with(pre_order=True), observed, LastApplied())


def test_values_that_git_replaces_do_not_work_until_they_are_applied():
    reported = drift(desired_with(seller_id=SELLERS[1]), seen(live(), **REFUSED))
    (refused,) = [each for each in reported.findings if each.severity is Severity.CRITICAL]
    assert reported.problems == (PaymentProblem.CREDENTIALS_REFUSED,)
    assert "reconciler apply a" in str(refused.hint)


def test_a_shop_that_could_not_be_read_has_no_problem_that_is_known():
    assert drift(desired_with(enabled=True), Observed.unknown(desired_with().shop, finding())).problems == ()


def test_shops_in_which_payments_do_not_work_come_first():
    bad = drift(desired_with("z", pre_order=True), seen(live("z"), **REFUSED))
    good = drift(desired_with("b", notification_email=MAILS[0]), seen(live("b", mail=MAILS[1])))
    ordered = most_severe_first((good, bad))
    assert [shop.shop for shop in ordered] == ["z", "b"]
    assert Drift(shops=ordered).all_findings[0].shop == "z"


OFF = {"use_amazon": False, "pay_use": False, "pay_regular": False, "output": False}


def drift_since(desired, observed, enabled):
    past = LastApplied(applied={"amazon_settings.enabled": enabled})
    return drift_of(desired, observed, plan_shop(desired, observed, RequestPace()), past)


@pytest.mark.parametrize(
    ("applied", "state", "severity"),
    [
        (True, {}, Severity.CRITICAL),
        (True, {"is_open": False}, Severity.WARNING),
        ({"sensitive": "?"}, {}, Severity.WARNING),
        (False, {}, None),
    ],
    ids=["worked", "closed", "unknown", "never on"],
)
def test_a_shop_that_was_switched_off_loses_more_than_a_field(applied, state, severity):
    reported = drift_since(desired_with(enabled=True), look(live(**OFF, **state)), applied)
    found = [each for each in reported.findings if each.code is codes.SWITCHED_OFF]
    assert [each.severity for each in found] == ([] if severity is None else [severity])
    assert reported.problems == ((PaymentProblem.SWITCHED_OFF,) if severity is Severity.CRITICAL else ())
    assert all("payment list" in str(each.summary) and "Regular sales" in str(each.summary) for each in found)


def test_where_nothing_followed_the_switch_only_the_buttons_are_gone():
    observed = look(live(use_amazon=False))
    (found,) = [
        each
        for each in drift_since(desired_with(enabled=True), observed, True).findings
        if each.code is codes.SWITCHED_OFF
    ]
    assert "button" in str(found.summary)
    assert "payment list" not in str(found.summary)


def test_a_shop_that_git_declares_off_was_not_switched_off():
    assert not drift(desired_with(enabled=False), look(live(**OFF))).findings


@pytest.mark.parametrize("registered", [True, False])
def test_the_endpoint_of_the_seller_whom_a_shop_leaves_is_named(registered):
    shop = live()
    observed = look(shop)
    read = observed.reads["ipn_endpoint"]
    state = Registration.REGISTERED if registered else Registration.ABSENT
    listed = Known(replace(read.value, registration=state), read.version)
    observed = replace(observed, reads={**observed.reads, "ipn_endpoint": listed})
    plan = plan_shop(desired_with(seller_id=SELLERS[1]), observed, RequestPace())
    reported = drift_of(desired_with(seller_id=SELLERS[1]), observed, plan)
    for findings in (plan.findings, reported.findings):
        found = [str(each.summary) for each in findings if each.code is codes.FORMER_ENDPOINT]
        assert [SELLERS[0] in text and str(shop.site_url) in text for text in found] == [True] * registered
