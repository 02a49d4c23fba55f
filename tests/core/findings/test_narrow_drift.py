"""A drift check narrowed to some findings, and with what is accepted."""

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.finding_id import field_place
from reconciler.core.drift.foreign_endpoints import ForeignEndpoints
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.findings.accept_drift import accept_drift
from reconciler.core.findings.acceptance import Acceptance
from reconciler.core.findings.finding import FindingClass, FindingKey
from reconciler.core.findings.narrow_drift import DriftCriterion, narrow_drift
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin, ShopKey

MAIL = FieldRef("amazon_settings", "notification_email")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
ENABLED = FieldRef("amazon_settings", "enabled")
TODAY = "2026-04-01T03:00:00Z"


def entry(ref=MAIL, label=DriftLabel.DRIFTED, observed="live") -> DriftEntry:
    return DriftEntry(ref=ref, desired="git", observed=observed, label=label, origin=Origin("x.yaml"))


def shop(*entries: DriftEntry, **words) -> ShopDrift:
    return ShopDrift(shop=ShopKey("kyoto-tea"), origin=Origin("shops/kyoto-tea.yaml"), entries=entries, **words)


def found(code, name="kyoto-tea"):
    return diagnostic(code, msg("It is so"), shop=ShopKey(name))


def narrowed(*shops: ShopDrift, severity=FindingSeverity.HIGH, **words) -> Drift:
    return narrow_drift(Drift(shops=shops, **words), DriftCriterion(fleet="fleet", severity=severity))


def test_lesser_fields_are_hidden_and_counted():
    drift = narrowed(shop(entry(), entry(TOKEN)))
    assert [each.ref for each in drift.shops[0].entries] == [TOKEN]
    assert drift.hidden == 1


def test_the_diagnostics_of_what_does_not_count_go_with_it():
    """Silent notifications are high, foreign endpoints critical; a level above the first leaves the field and the second."""
    endpoints = ForeignEndpoints(seller="A1CASE00000001", shop=ShopKey("kyoto-tea"), urls=("https://other.example/",))
    one = shop(
        entry(TOKEN),
        missed_notifications=True,
        foreign_endpoints=True,
        findings=(found(codes.SILENT), found(codes.FOREIGN_ENDPOINT)),
    )
    drift = narrowed(one, severity=FindingSeverity.CRITICAL, foreign=(endpoints,))
    assert [each.code for each in drift.shops[0].findings] == [codes.FOREIGN_ENDPOINT]
    drift = narrow_drift(Drift(shops=(one,), foreign=(endpoints,)), DriftCriterion(fleet="fleet", ids=frozenset()))
    assert drift.shops[0].findings == ()
    assert drift.foreign == ()


def test_another_field_keeps_the_shop_without_its_endpoints():
    """Only the field is asked for by its id."""
    endpoints = ForeignEndpoints(seller="A1CASE00000001", shop=ShopKey("kyoto-tea"), urls=("https://other.example/",))
    one = shop(entry(TOKEN), foreign_endpoints=True, findings=(found(codes.FOREIGN_ENDPOINT), found(codes.SILENT)))
    whole = Drift(shops=(one,), foreign=(endpoints,))
    every = DriftCriterion(fleet="fleet", ids=frozenset({_field_id()}))
    assert [each.code for each in narrow_drift(whole, every).shops[0].findings] == [codes.SILENT]


def _field_id() -> str:
    return FindingKey(fleet="fleet", shop="kyoto-tea", field=field_place(TOKEN), kind=FindingClass.DRIFTED).id


def test_a_switched_off_setting_counts_as_its_field():
    problems = (PaymentProblem.SWITCHED_OFF,)
    one = shop(entry(ENABLED, observed=False), problems=problems, findings=(found(codes.SWITCHED_OFF),))
    assert narrowed(one).shops[0].problems == problems
    assert narrowed(one, severity=FindingSeverity.CRITICAL).shops[0].problems == ()


@pytest.mark.parametrize(("kind", "stays"), [(codes.MANIFEST_DELETED, True), (codes.SHOPS_NOT_LISTED, True)])
def test_what_concerns_no_compared_shop(kind, stays):
    assert bool(narrowed(findings=(found(kind),), severity=FindingSeverity.LOW).findings) is stays


def accepted(*entries: DriftEntry, field="amazon.enabled", value=False, **words) -> ShopDrift:
    ledger = Acceptance(
        shop="kyoto-tea", field=field, value=value, until="2026-04-30", owner="aoi", reason="closed for repairs"
    )
    return accept_drift(Drift(shops=(shop(*entries, **words),)), [ledger], TODAY).shops[0]


def test_accepting_that_the_setting_is_off_ends_its_problem():
    one = accepted(
        entry(ENABLED, observed=False),
        problems=(PaymentProblem.SWITCHED_OFF,),
        findings=(found(codes.SWITCHED_OFF), found(codes.SILENT)),
    )
    assert one.entries[0].accepted_until == "2026-04-30"
    assert (one.problems, [each.code for each in one.findings]) == ((), [codes.SILENT])


def test_what_git_alone_changed_cannot_be_accepted():
    one = accepted(entry(label=DriftLabel.PENDING), field="amazon.notification.email", value="live")
    assert one.entries[0].accepted_until is None
