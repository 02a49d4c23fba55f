"""Severity is the field's; a label of the shop raises it, and nothing lowers it. The worst comes first."""

import pytest

from reconciler.core.drift.drift import DriftEntry, ShopDrift, drift_of, most_severe_first
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.severity import field_severity, raised_severity
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import Origin, ShopKey
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import desired_with, live

MESSAGE = FieldRef("system_parts", "messages", "order_area.label")
SELLER = FieldRef("amazon_settings", "seller_id")


@pytest.mark.parametrize(
    ("ref", "severity"),
    [
        (SELLER, FindingSeverity.CRITICAL),
        (FieldRef("amazon_settings", "mws_auth_token"), FindingSeverity.CRITICAL),
        (FieldRef("amazon_settings", "enabled"), FindingSeverity.HIGH),
        (FieldRef("amazon_pay_payment", "subscription"), FindingSeverity.MEDIUM),
        (FieldRef("amazon_settings", "notification_email"), FindingSeverity.MEDIUM),
        (MESSAGE, FindingSeverity.LOW),
    ],
    ids=str,
)
def test_the_policy_of_a_field(ref, severity):
    assert field_severity(ref, {}) is severity


@pytest.mark.parametrize("severity", FindingSeverity)
@pytest.mark.parametrize("label", [*FindingSeverity, None])
def test_a_label_raises_and_never_lowers(severity, label):
    labels = {} if label is None else {"severity": label.word}
    assert raised_severity(severity, labels) == max(severity, label or severity)


def test_another_word_raises_nothing():
    assert raised_severity(FindingSeverity.LOW, {"severity": "urgent"}) is FindingSeverity.LOW


def entry(ref, label=DriftLabel.DRIFTED) -> DriftEntry:
    return DriftEntry(ref=ref, desired="a", observed="b", label=label, origin=Origin("x.yaml"))


def shop(key, *entries, **words) -> ShopDrift:
    return ShopDrift(shop=ShopKey(key), origin=Origin(f"{key}.yaml"), entries=entries, **words)


def test_shops_come_in_the_order_of_their_worst_finding():
    shops = [
        shop("a-in-sync"),
        shop("b-pending", entry(SELLER, DriftLabel.PENDING)),
        shop("c-text", entry(MESSAGE)),
        shop("d-silent", missed_notifications=True),
        shop("e-seller", entry(MESSAGE), entry(SELLER)),
        shop("f-raised", entry(MESSAGE), labels={"severity": "critical"}),
        shop("g-endpoint", foreign_endpoints=True),
    ]
    order = [each.shop[0] for each in most_severe_first(shops)]
    assert order == ["e", "f", "g", "d", "c", "a", "b"]


def test_the_worst_field_of_a_shop_comes_first():
    desired = desired_with(messages={"order_area.label": "other"}, seller_id="A9OTHER2345678", pre_order="other")
    seen = look(live())
    found = drift_of(desired, seen, plan_shop(desired, seen, RequestPace()))
    assert [each.ref.field for each in found.entries] == ["seller_id", "pre_order", "messages"]
