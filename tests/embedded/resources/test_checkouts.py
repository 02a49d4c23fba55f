"""From a cart to an order: what each card leads to, what keeps a checkout from ordering, and that none orders twice."""

import pytest
from sqlalchemy import select

from reconciler.embedded import World
from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.resources.shopping import carts, checkouts
from reconciler.embedded.resources.shopping.basket import MONTHLY_CEILING
from reconciler.embedded.resources.shopping.confirming import amazon_offered
from reconciler.embedded.resources.shopping.order_details import find_details
from reconciler.embedded.storage.tables import charge_permissions, charges
from tests.embedded.harness import KYOTO, OSAKA, OTHER_SELLER
from tests.embedded.resources.shopping import ADDRESS, Shopper
from tests.embedded.test_concurrency import together


@pytest.fixture
def shopper(app) -> Shopper:
    return Shopper(app.state.services)


def subscribes(world: World) -> None:
    world.platform_entitles(OSAKA, commerceCreator="RUNNING", subscriptionApplications=True)
    world.merchant_edits(OSAKA, {"subscription": True})


def charges_of(shopper: Shopper, permission: str) -> list[dict]:
    with shopper.services.reading() as connection:
        found = select(charges).where(charges.c.charge_permission_id == permission)
        return [dict(row) for row in connection.execute(found).mappings()]


def permission_of(shopper: Shopper, permission: str) -> dict:
    with shopper.services.reading() as connection:
        found = select(charge_permissions).where(charge_permissions.c.charge_permission_id == permission)
        return dict(connection.execute(found).mappings().one())


def test_an_authorised_payment_makes_an_order_with_all_that_belongs_to_it(shopper, world, made) -> None:
    shopper.puts("tea", 2)
    found = shopper.confirms(shopper.goes_to_amazon())
    assert found.outcome == "PLACED"
    assert made() == (1, 1, 1)
    order = world.order(OSAKA, found.order_no)
    assert (found.order_no, order["type"], order["status"]) == ("100000000004", "REGULAR", "AWAITING_PAYMENT")
    assert (order["paymentStatus"], order["totalAmount"], order["currency"]) == ("NOTRECEIVED", "5000", "JPY")
    permission = order["amazonOrderReferenceId"]
    assert permission.startswith("P03-")
    assert permission_of(shopper, permission)["type"] == "OneTime"
    [charge] = charges_of(shopper, permission)
    assert (charge["charge_id"], charge["state"]) == (f"{permission}-C000001", "Authorized")
    assert (charge["charge_amount"], charge["merchant_reference_id"]) == ("5000", found.order_no)
    with shopper.services.reading() as connection:
        details = find_details(connection, OSAKA, found.order_no)
    assert (details.buyer_name, details.address, details.basket.count) == ("大阪 花", ADDRESS, 2)
    assert shopper.basket.fault == "EMPTY"


def test_a_preorder_is_a_preorder(shopper, world) -> None:
    shopper.puts("early")
    shopper.puts("tea")
    order = world.order(OSAKA, shopper.confirms(shopper.goes_to_amazon()).order_no)
    assert (order["type"], order["status"]) == ("PREORDER", "PREORDER")


def test_a_subscription_has_an_agreement_and_a_charge_with_its_own_reference(shopper, world, clock) -> None:
    subscribes(world)
    shopper.puts("monthly")
    order = world.order(OSAKA, shopper.confirms(shopper.goes_to_amazon()).order_no)
    agreement = order["amazonOrderReferenceId"]
    assert (order["type"], agreement[:4]) == ("SUBSCRIPTION", "B03-")
    assert permission_of(shopper, agreement)["type"] == "Recurring"
    [charge] = charges_of(shopper, agreement)
    assert charge["charge_id"].startswith("P03-")


def test_a_seller_with_endpoints_of_the_test_environment_only_is_paid_there(shopper, world) -> None:
    url = "https://ipn.platform.example/osaka"
    world.merchant_removes_endpoint(OTHER_SELLER, url)
    world.merchant_registers_endpoint(OTHER_SELLER, url, environment="SANDBOX")
    shopper.puts("tea")
    order = world.order(OSAKA, shopper.confirms(shopper.goes_to_amazon()).order_no)
    assert order["amazonOrderReferenceId"].startswith("S03-")


@pytest.mark.parametrize(("card", "outcome"), [("3434", "DECLINED"), ("3064", "CANCELED")])
def test_a_refused_payment_orders_nothing_and_keeps_the_cart(shopper, made, card, outcome) -> None:
    shopper.puts("tea")
    checkout = shopper.goes_to_amazon(card)
    assert shopper.confirms(checkout).outcome == outcome
    assert shopper.confirms(checkout).outcome == "LAPSED"
    assert made() == (0, 0, 0)
    assert shopper.basket.count == 1


def test_a_pending_payment_is_declined_after_thirty_seconds(shopper, world, clock) -> None:
    shopper.puts("tea")
    number = shopper.confirms(shopper.goes_to_amazon("0701")).order_no
    reference = world.order(OSAKA, number)["amazonOrderReferenceId"]
    clock.advance(29)
    assert world.amazon_settles() == 0
    assert charges_of(shopper, reference)[0]["state"] == "AuthorizationInitiated"
    clock.advance(1)
    assert world.amazon_settles() == 1
    assert charges_of(shopper, reference)[0]["state"] == "Declined"
    assert world.order(OSAKA, number)["status"] == "ON_HOLD"
    assert world.amazon_settles() == 0


def test_pressing_again_finds_the_same_order(shopper, made) -> None:
    shopper.puts("tea")
    checkout, seen = shopper.goes_to_amazon(), shopper.basket.fingerprint()
    first, second = shopper.confirms(checkout, seen=seen), shopper.confirms(checkout, seen=seen)
    assert first == second
    assert made() == (1, 1, 1)


def test_presses_at_the_same_moment_make_one_order(shopper, made) -> None:
    shopper.puts("tea")
    checkout, seen = shopper.goes_to_amazon(), shopper.basket.fingerprint()
    found = together([lambda: shopper.confirms(checkout, seen=seen)] * 8)
    assert {each.outcome for each in found} == {"PLACED"}
    assert len({each.order_no for each in found}) == 1
    assert made() == (1, 1, 1)


def test_checkouts_of_two_tabs_order_one_cart_once(shopper, made) -> None:
    shopper.puts("tea")
    tabs, seen = [shopper.goes_to_amazon() for _ in range(6)], shopper.basket.fingerprint()
    found = together([lambda tab=tab: shopper.confirms(tab, seen=seen) for tab in tabs])
    assert sorted(each.outcome for each in found) == ["PLACED"] + ["UNAVAILABLE"] * 5
    assert made() == (1, 1, 1)


def test_shoppers_at_the_same_moment_get_different_numbers(app, made) -> None:
    people = [Shopper(app.state.services, f"token {number}") for number in range(6)]
    for person in people:
        person.puts("tea")
    opened = [person.goes_to_amazon() for person in people]
    found = together([lambda a=a, b=b: a.confirms(b) for a, b in zip(people, opened, strict=True)])
    assert sorted(each.order_no for each in found) == [str(100000000004 + number) for number in range(6)]
    assert made() == (6, 6, 6)


def test_a_shop_that_closed_meanwhile_charges_nothing(shopper, world, made) -> None:
    shopper.puts("tea")
    checkout = shopper.goes_to_amazon()
    world.merchant_edits(OSAKA, {"storefront": "CLOSED"})
    assert shopper.confirms(checkout).outcome == "CLOSED"
    assert made() == (0, 0, 0)
    world.merchant_edits(OSAKA, {"storefront": "OPEN"})
    assert shopper.confirms(checkout).outcome == "PLACED"


def test_closing_and_confirming_at_the_same_moment_leave_no_order_of_a_closed_shop(shopper, world, made) -> None:
    for _ in range(5):
        shopper.puts("tea")
        checkout, seen, before = shopper.goes_to_amazon(), shopper.basket.fingerprint(), made()
        [found, _done] = together(
            [
                lambda checkout=checkout, seen=seen: shopper.confirms(checkout, seen=seen),
                lambda: world.merchant_edits(OSAKA, {"storefront": "CLOSED"}),
            ]
        )
        placed = found.outcome == "PLACED"
        assert placed or found.outcome == "CLOSED"
        assert made() == tuple(count + placed for count in before)
        world.merchant_edits(OSAKA, {"storefront": "OPEN"})


def test_a_checkout_lapses_after_a_day(shopper, clock, made) -> None:
    shopper.puts("tea")
    checkout = shopper.goes_to_amazon()
    clock.advance(checkouts.CHECKOUT_SECONDS - 1)
    other = shopper.goes_to_amazon()
    clock.advance(1)
    assert shopper.confirms(checkout).outcome == "LAPSED"
    assert made() == (0, 0, 0)
    assert shopper.confirms(other).outcome == "PLACED"


def test_a_checkout_belongs_to_its_session(app, shopper, made) -> None:
    shopper.puts("tea")
    other = Shopper(app.state.services, "two")
    other.puts("tea")
    checkout = shopper.goes_to_amazon()
    assert other.confirms(checkout).outcome == "LAPSED"
    assert shopper.confirms("00000000-0000-0000-0000-000000000000").outcome == "LAPSED"
    assert shopper.confirms(shopper.goes_to_amazon(chooses=False)).outcome == "LAPSED"
    assert made() == (0, 0, 0)


def test_a_price_or_a_cart_that_changed_is_asked_again(shopper, world, made) -> None:
    shopper.puts("tea")
    checkout, seen = shopper.goes_to_amazon(), shopper.basket.fingerprint()
    world.merchant_sells(OSAKA, "tea", name="玉露 50g", price=2600)
    assert shopper.confirms(checkout, seen=seen).outcome == "CHANGED"
    seen = shopper.basket.fingerprint()
    shopper.puts("towel")
    assert shopper.confirms(checkout, seen=seen).outcome == "CHANGED"
    assert made() == (0, 0, 0)
    order = world.order(OSAKA, shopper.confirms(checkout).order_no)
    assert order["totalAmount"] == "3500"


def test_values_that_amazon_no_longer_accepts_order_nothing(shopper, world, made) -> None:
    shopper.puts("tea")
    checkout = shopper.goes_to_amazon()
    world.amazon_revokes(OSAKA)
    assert shopper.confirms(checkout).outcome == "REFUSED"
    assert made() == (0, 0, 0)


def test_a_sale_type_that_was_switched_off_meanwhile_orders_nothing(shopper, world, made) -> None:
    shopper.puts("early")
    checkout = shopper.goes_to_amazon()
    world.merchant_edits(OSAKA, {"preOrder": False})
    assert shopper.confirms(checkout).outcome == "UNAVAILABLE"
    assert made() == (0, 0, 0)


def offered(shopper: Shopper) -> bool:
    with shopper.services.reading() as connection:
        return amazon_offered(connection, shopper.shop, shopper.basket)


def test_the_button_follows_the_switch_of_each_sale_type_in_the_cart(shopper, world) -> None:
    assert not offered(shopper)
    shopper.puts("tea")
    assert offered(shopper)
    shopper.puts("early")
    assert offered(shopper)
    world.merchant_edits(OSAKA, {"preOrder": False})
    assert not offered(shopper)
    with shopper.services.database.writing() as connection:
        carts.set_quantity(connection, shopper.session_id, "early", 0)
    assert offered(shopper)
    world.platform_turns_off(OSAKA)
    assert not offered(shopper)


def test_applications_are_ordered_alone_and_up_to_the_ceiling_of_a_month(shopper, world) -> None:
    subscribes(world)
    shopper.puts("monthly")
    assert offered(shopper)
    shopper.puts("box")
    assert shopper.basket.fault == "CYCLES"
    assert not offered(shopper)
    with shopper.services.database.writing() as connection:
        carts.set_quantity(connection, shopper.session_id, "box", 0)
    shopper.puts("tea")
    assert shopper.basket.fault == "MIXED"
    assert not offered(shopper)
    with shopper.services.database.writing() as connection:
        carts.set_quantity(connection, shopper.session_id, "tea", 0)
    world.merchant_sells(OSAKA, "monthly", name="毎月のおたのしみ便", price=MONTHLY_CEILING, saleType="SUBSCRIPTION")
    assert offered(shopper)
    world.merchant_sells(
        OSAKA, "monthly", name="毎月のおたのしみ便", price=MONTHLY_CEILING + 1, saleType="SUBSCRIPTION"
    )
    assert not offered(shopper)


def test_a_shop_without_amazon_has_no_button(app) -> None:
    shopper = Shopper(app.state.services, shop=KYOTO)
    shopper.puts("tea")
    assert not offered(shopper)


def test_quantities_and_lines_are_bounded(shopper, world) -> None:
    shopper.puts("tea", 98)
    shopper.puts("tea", 98)
    assert shopper.basket.count == carts.MAX_QUANTITY
    with pytest.raises(Problem):
        shopper.puts("unknown")
    for number in range(carts.MAX_LINES):
        world.merchant_sells(OSAKA, f"p{number}", name="商品", price=1)
    for number in range(carts.MAX_LINES - 1):
        shopper.puts(f"p{number}")
    with pytest.raises(Problem):
        shopper.puts(f"p{carts.MAX_LINES - 1}")
