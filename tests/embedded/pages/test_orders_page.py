"""受注管理: the tabs, one order with its payment at Amazon, and 入金済み by hand or by notification."""

import pytest

from tests.embedded.harness import OSAKA

ORDERS = f"/admin/shops/{OSAKA}/orders"
ONE, TWO, CANCELLED = "100000000001", "100000000002", "100000000003"
REFERENCE = "S03-0000001-0000001"
PAID = {"paymentStatus": "RECEIVED", "receiptDate": "2026-04-02T10:00:00"}


def numbers(page) -> list[str]:
    return [text for text in page.links if text.isdigit()]


def notified(api, number: str) -> None:
    """As the sidecar marks an order, over the contract."""
    sent = {"If-Match": "*"}
    answer = api.ask("POST", f"/orders/{number}/payment", shop=OSAKA, headers=sent, json=PAID)
    assert answer.status_code == 200, answer.text


def test_the_tabs_hold_what_they_say(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(ORDERS)
    assert numbers(page) == [CANCELLED, TWO, ONE]
    assert {"すべて", "通常処理中/未入金", "通常処理中/未発送"} <= set(page.links)
    assert numbers(hanako.opens(f"{ORDERS}?tab=unpaid")) == [TWO, ONE]
    assert "該当する受注はありません。" in hanako.opens(f"{ORDERS}?tab=unsent").text


def test_a_list_shows_amounts_and_states_in_japanese(sign_in) -> None:
    page = sign_in(OSAKA).opens(ORDERS)
    for text in ("1,000円", "未入金", "注文取消", "通常処理", "Amazon Pay", "代金引換", "2026/04/01 09:00"):
        assert text in page.text


def test_checked_orders_become_paid_by_hand(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{ORDERS}?tab=unpaid")
    form = hanako.page.form("/orders/paid")
    page = hanako.posts(form.action, [*form.fields, ("order", ONE), ("order", TWO)])
    assert page.statuses == ["2件の受注を入金済みにしました。"]
    assert {world.order(OSAKA, number)["paymentStatus"] for number in (ONE, TWO)} == {"RECEIVED"}
    assert numbers(hanako.opens(f"{ORDERS}?tab=unsent")) == [TWO, ONE]
    assert {each["actor"] for each in world.changes(OSAKA)} == {"花子"}


def test_one_order_that_cannot_be_paid_keeps_the_others_unpaid(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{ORDERS}?tab=unpaid")
    form = hanako.page.form("/orders/paid")
    page = hanako.posts(form.action, [*form.fields, ("order", ONE), ("order", CANCELLED)])
    assert page.statuses == ["入金済みにできない受注が含まれています。変更していません。"]
    assert world.order(OSAKA, ONE)["paymentStatus"] == "NOTRECEIVED"
    assert hanako.posts(form.action, form.fields).statuses == ["受注を選択してください。"]


def test_one_order_becomes_paid_by_hand_once(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    page = hanako.opens(f"{ORDERS}/{ONE}")
    form = page.form(f"/orders/{ONE}/paid")
    assert hanako.posts(form.action, form.fields).statuses == ["入金済みにしました。"]
    assert world.order(OSAKA, ONE)["paymentStatus"] == "RECEIVED"
    assert hanako.posts(form.action, form.fields).statuses == ["すでに入金済みです。"]
    cancelled = form.action.replace(ONE, CANCELLED)
    assert hanako.posts(cancelled, form.fields).statuses == ["注文取消の受注は入金済みにできません。"]


def test_an_order_shows_its_payment_at_amazon(sign_in, world) -> None:
    charge = world.merchant_captures(OSAKA, ONE)
    world.merchant_refunds(OSAKA, charge, amount="400")
    page = sign_in(OSAKA).opens(f"{ORDERS}/{ONE}")
    lines = page.lines
    assert lines[lines.index("オーソリ") : lines.index("オーソリ") + 4] == ["オーソリ", "1,000円", "成功", "照合"]
    assert lines[lines.index("売上請求") : lines.index("売上請求") + 4] == ["売上請求", "1,000円", "完了", "照合"]
    assert lines[lines.index("返金") : lines.index("返金") + 4] == ["返金", "400円", "処理中", "照合"]
    assert REFERENCE in page.text


def test_an_order_that_a_notification_paid_says_so(sign_in, world, api) -> None:
    hanako = sign_in(OSAKA)
    assert "入金通知により" not in hanako.opens(f"{ORDERS}/{ONE}").text
    notified(api, ONE)
    page = hanako.opens(f"{ORDERS}/{ONE}")
    assert "Amazonからの入金通知により入金済みになりました。" in page.text
    assert "2026/04/02 10:00" in page.text
    assert page.lines[page.lines.index("入金済", page.lines.index("状態")) + 1] == "通知"


def test_an_order_is_paid_by_hand_once(sign_in, world) -> None:
    hanako = sign_in(OSAKA)
    hanako.opens(f"{ORDERS}/{ONE}")
    action = hanako.page.form("/paid")
    assert hanako.sends("/paid").statuses == ["入金済みにしました。"]
    assert hanako.posts(action.action, action.fields).statuses == ["すでに入金済みです。"]
    assert hanako.opens(f"{ORDERS}/{CANCELLED}").forms[1:] == []


@pytest.mark.parametrize(
    ("reason", "text", "again"),
    [
        ("HardDeclined", "この支払方法では、販売を継続できないため、決済方法を変更してください。", False),
        ("TransactionTimedOut", "「入金状況」の上に表示された「再与信」ボタンから実行してください。", True),
    ],
)
def test_a_failed_authorisation_says_what_to_do(sign_in, world, reason: str, text: str, again: bool) -> None:
    world.merchant_captures(OSAKA, ONE, state="Declined", reasonCode=reason)
    hanako = sign_in(OSAKA)
    page = hanako.opens(f"{ORDERS}/{ONE}")
    assert text in page.text
    assert any(form.action.endswith("/authorisation") for form in page.forms) is again
    if again:
        page = hanako.sends("/authorisation")
        assert page.statuses == ["再与信を実行しました。"]
        assert text not in page.text
    else:
        forged = [("csrf", page.form("/paid").value("csrf"))]
        page = hanako.posts(f"{ORDERS}/{ONE}/authorisation", forged)
        assert page.statuses == ["この受注は、現在の状態では再与信できません。"]


def test_an_authorisation_near_its_end_shows_how_many_days_are_left(sign_in, world, clock) -> None:
    world.merchant_captures(OSAKA, ONE, state="Authorized")
    hanako = sign_in(OSAKA)
    clock.advance(19 * 86400)
    hanako.signs_in(OSAKA, "hanako")
    assert "オーソリの有効期限" not in hanako.opens(f"{ORDERS}/{ONE}").text
    clock.advance(3 * 86400)
    hanako.signs_in(OSAKA, "hanako")
    assert "オーソリの有効期限: 2026/05/01（残り 8日）" in hanako.opens(f"{ORDERS}/{ONE}").text


def test_a_chargeback_and_a_closed_permission_are_alerts(sign_in, world) -> None:
    charge = world.merchant_captures(OSAKA, ONE)
    world.amazon_disputes(OSAKA, charge)
    world.amazon_turns(OSAKA, REFERENCE, "Closed", "BuyerCanceled")
    text = sign_in(OSAKA).opens(f"{ORDERS}/{ONE}").text
    assert "チャージバックの申立てがあります。回答期限: 2026/04/12" in text
    assert "Amazon側でお支払いの許可が終了しています。以後の売上請求はできません。" in text


def test_orders_of_an_agreement_show_their_own_charges(sign_in, world) -> None:
    """Their charges have ids of their own, which do not begin with the charge permission that both orders name."""
    agreement, mine, other = "C03-0000001-0000009", "S03-0000009-0000001-C000001", "S03-0000009-0000002-C000001"
    of = {"shopKey": OSAKA, "chargePermissionId": agreement}
    numbers = ("100000000008", "100000000009")
    ordered = {"shopKey": OSAKA, "type": "SUBSCRIPTION", "amazonOrderReferenceId": agreement}
    charges = [
        {**of, "chargeId": mine, "merchantReferenceId": numbers[0], "chargeAmount": "1200"},
        {**of, "chargeId": other, "merchantReferenceId": numbers[1], "chargeAmount": "3400"},
    ]
    world.seed({"orders": [{**ordered, "orderNo": number} for number in numbers], "charges": charges})
    world.amazon_disputes(OSAKA, mine)
    pages = [sign_in(OSAKA).opens(f"{ORDERS}/{number}") for number in numbers]
    assert ["1,200円" in page.lines for page in pages] == [True, False]
    assert ["チャージバックの申立てがあります。" in page.text for page in pages] == [True, False]


def test_an_order_of_a_seed_shows_what_it_holds(sign_in, world) -> None:
    goods = {"productId": "bowl", "name": "信楽の茶碗", "price": 3200}
    held = {
        "items": [{**goods, "quantity": 2}],
        "buyer": {"name": "森 真理", "email": "mari@mail.example"},
        "address": ["600-8216", "京都府京都市下京区東塩小路町1", "森 真理"],
    }
    world.add_orders([{"orderNo": "100000000008", "shopKey": OSAKA, **held}])
    lines = sign_in(OSAKA).opens(f"{ORDERS}/100000000008").lines
    goods_at, buyer_at, address_at = (lines.index(heading) for heading in ("受注内容", "お客様情報", "お届け先"))
    assert {"信楽の茶碗", "3,200円", "6,400円"} <= set(lines[goods_at:buyer_at])
    assert {"森 真理", "mari@mail.example", "非会員"} <= set(lines[buyer_at:address_at])
    assert lines[address_at + 1] == "".join(held["address"])


def test_many_orders_are_on_pages(sign_in, world) -> None:
    world.add_orders([{"orderNo": f"2{number:09}", "shopKey": OSAKA} for number in range(60)])
    hanako = sign_in(OSAKA)
    first = hanako.opens(ORDERS)
    second = hanako.opens(first.links["次のページ"])
    assert len(numbers(first)) == 50
    assert len(set(numbers(first) + numbers(second))) == 63


def test_an_order_of_another_shop_is_not_there(sign_in) -> None:
    assert sign_in("kyoto-tea").opens(f"/admin/shops/kyoto-tea/orders/{ONE}").status == 404
