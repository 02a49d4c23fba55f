"""S3 お申込み手続き: what a shopper reads about the payments to come, and the agreement at Amazon."""

from datetime import date

import pytest
from sqlalchemy import select

from reconciler.embedded.pages.shop.order_view import months_later
from reconciler.embedded.storage.tables import charge_permissions, charges
from tests.embedded.harness import OSAKA

NUMBER = "100000000004"


@pytest.fixture(autouse=True)
def running(world) -> None:
    world.platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    world.merchant_edits(OSAKA, {"subscription": True})


def test_the_application_says_what_will_be_paid_when(shopper) -> None:
    page = shopper.arrives(product="monthly")
    assert (page.address, page.headings[0]) == (f"/shop/{OSAKA}/subscription", (1, "Amazon Pay専用「お申込み手続き」"))
    for text in ("お届けサイクル", "1か月ごと", "次回お届け予定日", "2026/05/01", "毎回のお支払い金額", "3,000円"):
        assert text in page.text
    assert "1か月ごとに3,000円を、解約するまでAmazon Payで自動的に支払うことに同意する" in page.text
    assert "申込みを確定する" in page.text
    session = shopper.order_form.value("session")
    assert shopper.opens(f"/shop/{OSAKA}/order?session={session}").address == f"/shop/{OSAKA}/subscription"


def test_nothing_is_applied_for_without_consent(shopper, made) -> None:
    shopper.arrives(product="monthly")
    page = shopper.confirms()
    assert page.status == 422
    assert "自動払いの同意: お申込みには同意が必要です。" in page.alerts
    assert made() == (0, 0, 0)


def test_an_application_has_an_agreement_and_its_first_charge(shopper, world, app, sign_in, made) -> None:
    shopper.arrives(product="box")
    assert "2026/06/01" in shopper.page.text
    assert NUMBER in shopper.confirms(agree="on").text
    assert made() == (1, 1, 1)
    order = world.order(OSAKA, NUMBER)
    assert (order["type"], order["status"], order["totalAmount"]) == ("HANPUKAI", "AWAITING_PAYMENT", "4800")
    with app.state.services.reading() as connection:
        permission = connection.execute(select(charge_permissions)).mappings().one()
        charge = connection.execute(select(charges)).mappings().one()
    assert order["amazonOrderReferenceId"] == permission["charge_permission_id"] == charge["charge_permission_id"]
    assert (permission["type"], permission["charge_permission_id"][:4]) == ("Recurring", "B03-")
    page = sign_in(OSAKA).opens(f"/admin/shops/{OSAKA}/orders/{NUMBER}")
    for text in ("頒布会", "オーソリ", "成功", "旬の詰め合わせ便"):
        assert text in page.text


def test_the_next_delivery_is_in_the_month_that_was_promised() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 15), 12) == date(2027, 12, 15)
