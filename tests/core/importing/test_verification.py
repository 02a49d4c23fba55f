"""What a plan would change of what was just imported, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.importing.verification import remaining_changes
from reconciler.core.model.state import Desired
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import PRE_SET, ShopKey
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import TOKENS, as_wish, secret


def printed(wanted: Desired, **state: object) -> list[tuple[str, str]]:
    plan = plan_shop(wanted, ModelBackend([live(**state)]).look(ShopKey("a")), RequestPace())
    return [(finding.code.slug, str(finding.summary)) for finding in remaining_changes(plan)]


def test_the_present_value_is_kept() -> None:
    look = ModelBackend([live()]).look(ShopKey("a"))
    kept = replace(as_wish(look), values={**as_wish(look).values})
    settings = replace(kept.values["amazon_settings"], mws_auth_token=secret(TOKENS[0]))

    assert printed(replace(kept, values={**kept.values, "amazon_settings": settings})) == []


@pytest.mark.parametrize(
    ("wanted", "label", "why"),
    [
        (
            {"pre_order": False},
            "Pre-order sales (`payment.amazon_pay.pre_order`)",
            "the backend has true, the manifest has false",
        ),
        (
            {"notification_email": "x@y.example"},
            "Notification email (`amazon.notification.email`)",
            "the backend has 'pay@kyoto-tea.example', the manifest has 'x@y.example'",
        ),
        (
            {"messages": {"order_area.label": "x" * 61}},
            "System part label order_area.label (`amazon.messages.order_area.label`)",
            f"the backend has nothing, the manifest has {'x' * 60!r}...",
        ),
        (
            {"messages": {"order_area.label": TOKENS[0]}},
            "System part label order_area.label (`amazon.messages.order_area.label`)",
            "the backend has nothing, the manifest has a sensitive value",
        ),
        (
            {"mws_auth_token": secret(TOKENS[1])},
            "MWSAuthToken (`amazon.api.mws_auth_token`)",
            "the secret of ref+env://TOKEN differs from the backend's",
        ),
    ],
)
def test_what_is_not_kept_is_reported_by_its_field(wanted: dict, label: str, why: str) -> None:
    assert printed(desired_with("a", **wanted)) == [("not-kept", f"The plan would change {label}: {why}")]


def test_a_derived_field_that_does_not_follow_is_reported_as_such() -> None:
    (one,) = printed(desired_with("a", enabled=True), pay_use=False)

    assert one[1].endswith("a field that follows it does not match, so it is written again")


def test_what_cannot_be_planned_is_reported_with_its_reason() -> None:
    assert [slug for slug, _ in printed(desired_with("a", mws_auth_token=secret(TOKENS[0])), token=PRE_SET)] == [
        "token-pre-set"
    ]
