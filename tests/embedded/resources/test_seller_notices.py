"""What Amazon notifies of: the kind and state of each object, as it is now."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.seller_notices import AmazonEvent, event_of
from tests.embedded.harness import OSAKA

ORDER = "100000000001"
REFERENCE = "S03-0000001-0000001"
CHARGE = f"{REFERENCE}-C000001"


@pytest.fixture
def event(app: FastAPI):
    def read(object_id: str) -> AmazonEvent:
        with app.state.services.reading() as connection:
            return event_of(connection, OSAKA, object_id)

    return read


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        (["AuthorizationInitiated"], "AUTHORIZATION"),
        (["Authorized"], "AUTHORIZATION"),
        (["Authorized", "Canceled"], "AUTHORIZATION"),
        (["Declined"], "AUTHORIZATION"),
        (["AuthorizationInitiated", "Declined"], "AUTHORIZATION"),
        (["Authorized", "Declined"], "CAPTURE"),
        (["CaptureInitiated", "Declined"], "CAPTURE"),
        (["CaptureInitiated"], "CAPTURE"),
        (["Captured"], "CAPTURE"),
    ],
)
def test_a_charge_is_an_authorization_until_its_capture_begins(world, event, states: list[str], kind: str) -> None:
    world.merchant_captures(OSAKA, ORDER, state=states[0])
    for state in states[1:]:
        world.amazon_turns(OSAKA, CHARGE, state)
    found = event(CHARGE)
    assert (found.kind, found.state, found.permission) == (kind, states[-1], REFERENCE)
    assert (found.amount, found.currency) == ("1000", "JPY")


def test_refunds_chargebacks_and_permissions_name_their_order_reference(world, event) -> None:
    world.merchant_captures(OSAKA, ORDER)
    refund = world.merchant_refunds(OSAKA, CHARGE, amount="300")
    dispute = world.amazon_disputes(OSAKA, CHARGE)
    world.amazon_turns(OSAKA, REFERENCE, "Closed", "AmazonClosed")
    found = [event(each) for each in (refund, dispute, REFERENCE)]
    assert [(each.kind, each.state, each.amount) for each in found] == [
        ("REFUND", "RefundInitiated", "300"),
        ("CHARGEBACK", "ActionRequired", "1000"),
        ("PERMISSION", "Closed", None),
    ]
    assert {each.permission for each in found} == {REFERENCE}
    assert found[2].reason == "AmazonClosed"


@pytest.mark.parametrize("object_id", [CHARGE, f"{REFERENCE}-R000001", REFERENCE, "x"])
def test_an_object_that_is_not_there_is_no_event(event, object_id: str) -> None:
    with pytest.raises(Problem, match="no"):
        event(object_id)
