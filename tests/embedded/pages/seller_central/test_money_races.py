"""More than one person at 取引管理 at the same moment: nothing is captured or refunded beyond what there is."""

import pytest

from tests.embedded.harness import OSAKA
from tests.embedded.test_concurrency import together

ORDER = "100000000001"
AT = f"/admin/seller-central/{OSAKA}/transactions/{ORDER}"


def people_at(sign_in, count: int = 3) -> list:
    found = [sign_in(OSAKA) for _ in range(count)]
    for person in found:
        person.opens(f"{AT}?environment=SANDBOX")
    return found


def test_one_authorization_is_captured_once(sign_in, world) -> None:
    world.merchant_captures(OSAKA, ORDER, state="Authorized")
    people = people_at(sign_in)
    together([lambda person=person: person.sends("/capture") for person in people])
    captured = [each for each in world.changes(OSAKA) if each["to"] == "Captured"]
    assert len(captured) == 1


def test_refunds_together_do_not_exceed_what_was_captured(sign_in, world) -> None:
    world.merchant_captures(OSAKA, ORDER)
    people = people_at(sign_in)
    most = int(people[0].page.form("/refund").value("amount"))
    together([lambda person=person: person.sends("/refund", amount=str(most - 1)) for person in people])
    page = people[0].opens(f"{AT}?environment=SANDBOX")
    assert page.form("/refund").value("amount") == "1"


@pytest.mark.parametrize("amount", ["0", "-1", "1.5", "1e3", "１", "", "9" * 30, " 1", "+1", "0x10", "NaN"])
def test_no_amount_but_a_whole_one_that_is_left_is_taken(sign_in, world, amount: str) -> None:
    world.merchant_captures(OSAKA, ORDER)
    [person] = people_at(sign_in, 1)
    before = world.changes(OSAKA)
    page = person.sends("/refund", amount=amount)
    assert page.status == 422
    assert any(alert.startswith("返金額: ") for alert in page.alerts)
    assert world.changes(OSAKA) == before
