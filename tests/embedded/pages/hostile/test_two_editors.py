"""Two people at one form, at the same moment; and what changes between a page and its form."""

import threading
from dataclasses import dataclass, field

import pytest

from reconciler.embedded.resources.screens.admin_sessions import SESSION_SECONDS
from tests.embedded.harness import CLIENT, EMAIL, KYOTO, NARA, OSAKA, SELLER, TOKEN
from tests.embedded.pages.browsing import PASSWORD, Person

EDITORS = 4
CHANGED = "ほかの担当者が先に変更しました。最新の内容を確認し、もう一度入力してください。"
SAVED = "保存しました。"


@dataclass(frozen=True)
class EditedForm:
    """`values` are a field's values, one for each editor."""

    place: str
    shop: str
    name: str
    values: tuple[str, ...]
    label: str
    account: str = "hanako"
    more: dict[str, str | None] = field(default_factory=dict)


TEXTS = tuple(f"本文{number}" for number in range(EDITORS))
FORMS = [
    EditedForm(
        "amazon-settings",
        KYOTO,
        "notification_email",
        tuple(f"a{number}@shop.example" for number in range(EDITORS)),
        "通知メールアドレス",
    ),
    EditedForm("amazon-pay", KYOTO, "display_name", TEXTS, "決済表示名"),
    EditedForm("storefront", KYOTO, "message", TEXTS, "閉店中の表示メッセージ"),
    EditedForm("messages/ORDER_AREA", KYOTO, "message", TEXTS, "メッセージ"),
    EditedForm("messages/CART_BUTTON", KYOTO, "message", TEXTS, "メッセージ"),
]
NAMES = [form.place for form in FORMS]


def at_once(acts: list) -> None:
    ready = threading.Barrier(len(acts))

    def run(act) -> None:
        ready.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def at_the_form(sign_in, form: EditedForm) -> Person:
    person = sign_in(form.shop, form.account)
    person.opens(f"/admin/shops/{form.shop}/{form.place}")
    return person


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_of_several_posts_at_once_exactly_one_is_stored(sign_in, world, form: EditedForm) -> None:
    people = [at_the_form(sign_in, form) for _ in form.values]
    at_once(
        [
            lambda person=person, value=value: person.sends(f"/{form.place}", **{form.name: value})
            for person, value in zip(people, form.values, strict=True)
        ]
    )
    won = [person.page for person in people if SAVED in person.page.statuses]
    lost = [person.page for person in people if person.page.status == 412]
    assert (len(won), len(lost)) == (1, EDITORS - 1)
    [change] = [each for each in world.changes(KYOTO) if each["to"] in form.values]
    for page in lost:
        assert CHANGED in page.alerts
        assert f"{form.label}\n{page.form('/' + form.place).value(form.name)}\n{change['to']}" in page.text


def test_of_several_operators_at_once_exactly_one_sets_an_application(sign_in, world) -> None:
    people = [sign_in(account="operator") for _ in range(EDITORS)]
    for person in people:
        person.opens(f"/admin/shops/{NARA}/applications")
    wanted = ("ENABLED", "RUNNING") * (EDITORS // 2)
    at_once(
        [
            lambda person=person, value=value: person.sends("/applications", commerce_creator=value, pay_option="yes")
            for person, value in zip(people, wanted, strict=True)
        ]
    )
    assert sorted(person.page.status for person in people) == [200] + [412] * (EDITORS - 1)
    assert [each["field"] for each in world.changes(NARA)] == ["commerceCreator", "payOption"]
    loser = next(person.page for person in people if person.page.status == 412)
    assert CHANGED in loser.alerts


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_form_that_is_wrong_and_out_of_date_does_not_become_current(sign_in, world, form: EditedForm) -> None:
    """Correcting it must not overwrite what came between."""
    late, early = at_the_form(sign_in, form), at_the_form(sign_in, form)
    early.sends(f"/{form.place}", **{form.name: form.values[0]})
    assert SAVED in early.page.statuses
    late.sends(f"/{form.place}", **{form.name: "x\x00"})
    assert late.page.status in (412, 422)
    if late.page.status == 422:
        late.sends(f"/{form.place}", **{form.name: form.values[1]})
    assert late.page.status == 412
    assert CHANGED in late.page.alerts
    assert [each["to"] for each in world.changes(KYOTO)] == [form.values[0]]


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_version_that_no_page_had_stores_nothing(sign_in, world, form: EditedForm) -> None:
    for version in ("", "0", "*", '1", "2", "3', "W/1", "1, 2", " 1", "あ" * 100):
        person = at_the_form(sign_in, form)
        person.sends(f"/{form.place}", version=version, **{form.name: form.values[0]})
        assert person.page.status == 412, version
    assert world.changes(KYOTO) == []


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_form_that_is_posted_twice_is_stored_once(sign_in, world, form: EditedForm) -> None:
    person = at_the_form(sign_in, form)
    fields = [each for each in person.page.form(f"/{form.place}").fields if each[0] != form.name]
    fields.append((form.name, form.values[0]))
    address = f"/admin/shops/{form.shop}/{form.place}"
    at_once([lambda: sign_in_again(person, address, fields) for _ in range(2)])
    assert [each["to"] for each in world.changes(KYOTO)] == [form.values[0]]


def sign_in_again(person: Person, address: str, fields: list[tuple[str, str]]) -> None:
    """With the same session, as a browser does after a double click."""
    Person(person.client).posts(address, fields)


def test_the_table_of_two_editors_shows_no_token(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.merchant_edits(KYOTO, {"notificationEmail": EMAIL})
    page = hanako.sends("/amazon-settings", mws_auth_token=TOKEN)
    assert page.status == 412
    assert "MWSAuthToken(MWS認証トークン)\n設定済み\n未設定" in page.text
    assert TOKEN not in page.html


def test_a_shop_that_opened_meanwhile_keeps_its_use_and_takes_the_rest(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    assert hanako.page.form("/amazon-settings").value("use_editable") == "1"
    assert hanako.sends("/amazon-settings", notification_email=EMAIL).statuses == [SAVED]
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-settings")
    world.merchant_edits(KYOTO, {"storefront": "CLOSED"})
    assert "use_editable" not in hanako.page.form("/amazon-settings").controls
    assert hanako.sends("/amazon-settings", notification_email=f"b{EMAIL}").statuses == [SAVED]
    assert world.integration(KYOTO)["amazonSettings"]["value"]["useAmazon"] is False


def test_a_shop_that_opened_meanwhile_refuses_use_and_stores_nothing(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.merchant_edits(KYOTO, {"storefront": "OPEN"})
    values = {"seller_id": SELLER, "client_id": CLIENT, "mws_auth_token": TOKEN, "notification_email": EMAIL}
    page = hanako.sends("/amazon-settings", use_amazon="1", **values)
    assert page.status == 423
    assert any("「利用設定」は「店舗閉店時」のみ変更できます。" in alert for alert in page.alerts)
    assert world.integration(KYOTO)["amazonSettings"]["value"]["sellerId"] is None


def test_a_lost_application_refuses_use_and_keeps_the_rest_editable(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    values = {"seller_id": SELLER, "client_id": CLIENT, "mws_auth_token": TOKEN, "notification_email": EMAIL}
    world.platform_entitles(KYOTO, amazonContract=False)
    page = hanako.sends("/amazon-settings", use_amazon="1", **values)
    assert page.status == 409
    assert any("アマゾンジャパン合同会社とのご契約が必要です。" in alert for alert in page.alerts)
    world.platform_entitles(KYOTO, amazonContract=True)
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-settings")
    assert hanako.sends("/amazon-settings", use_amazon="1", **values).status == 200
    world.platform_entitles(KYOTO, amazonContract=False)
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-settings")
    assert hanako.sends("/amazon-settings", notification_email=f"b{EMAIL}").statuses == [SAVED]
    found = world.integration(KYOTO)["amazonSettings"]["value"]
    assert (found["useAmazon"], found["notificationEmail"]) == (True, f"b{EMAIL}")


def test_a_sale_type_that_is_no_longer_offered_is_not_dropped_silently(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-pay")
    world.platform_entitles(KYOTO, subscriptionApplications=False)
    page = hanako.sends("/amazon-pay", subscription="1", display_name="Amazonでお支払い")
    assert page.status == 422
    assert any("定期・頒布会販売のお申込みが必要です。" in alert for alert in page.alerts)
    assert [each["resource"] for each in world.changes(KYOTO)] == ["entitlements"]


def test_a_client_of_the_contract_is_another_editor(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-pay")
    world.merchant_edits(KYOTO, {"preOrder": True}, by="太郎")
    page = hanako.sends("/amazon-pay", display_name="別の名前")
    assert page.status == 412
    assert "予約販売\n利用しない\n利用する" in page.text


def test_a_maintenance_that_began_meanwhile_stores_nothing(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.maintenance(True)
    page = hanako.sends("/amazon-settings", notification_email=EMAIL)
    assert (page.status, page.headers["retry-after"]) == (503, "600")
    assert "ただいまシステムメンテナンス中です。" in page.text
    assert world.changes(KYOTO) == []


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_a_session_that_ended_meanwhile_keeps_what_was_entered(sign_in, world, clock, form: EditedForm) -> None:
    person = at_the_form(sign_in, form)
    clock.advance(SESSION_SECONDS)
    page = person.sends(f"/{form.place}", **{form.name: form.values[0]})
    assert page.status == 403
    assert "セッションの有効期限が切れました。もう一度ログインしてください。" in page.alerts
    page = person.sends("/sign-in", shop=form.shop, account=form.account, password=PASSWORD)
    assert page.address == f"/admin/shops/{form.shop}/{form.place}"
    assert "入力内容を復元しました。まだ保存されていません。" in page.statuses
    assert page.form(f"/{form.place}").value(form.name) == form.values[0]
    assert world.changes(KYOTO) == []


@pytest.mark.parametrize("form", FORMS, ids=NAMES)
def test_what_was_kept_of_a_session_does_not_overwrite_another_editor(sign_in, world, clock, form: EditedForm) -> None:
    person = at_the_form(sign_in, form)
    clock.advance(SESSION_SECONDS)
    person.sends(f"/{form.place}", **{form.name: form.values[0]})
    at_the_form(sign_in, form).sends(f"/{form.place}", **{form.name: form.values[1]})
    person.sends("/sign-in", shop=form.shop, account=form.account, password=PASSWORD)
    page = person.sends(f"/{form.place}")
    assert page.status == 412
    row = page.lines.index(form.label, page.lines.index("あなたの入力"))
    assert page.lines[row + 1 : row + 3] == [form.values[0], form.values[1]]
    assert SAVED in person.sends(f"/{form.place}").statuses


def test_the_default_texts_of_a_message_do_not_overwrite_another_editor(sign_in) -> None:
    form = FORMS[3]
    hanako = at_the_form(sign_in, form)
    at_the_form(sign_in, form).sends(f"/{form.place}", message="太郎の文")
    hanako.sends(f"/{form.place}", to=f"{hanako.page.form(f'/{form.place}').action}/default")
    page = hanako.sends(f"/{form.place}")
    assert page.status == 412
    assert "太郎の文" in page.lines


def test_an_authorisation_that_is_pressed_twice_authorises_once(sign_in, world) -> None:
    order = "100000000001"
    hanako = sign_in(OSAKA)
    hanako.opens(f"/admin/seller-central/{OSAKA}/transactions/{order}")
    hanako.sends(f"/{order}/simulate", outcome="ProcessingFailure")
    people = [sign_in(OSAKA), sign_in(OSAKA)]
    for person in people:
        person.opens(f"/admin/shops/{OSAKA}/orders/{order}")
    at_once([lambda person=person: person.sends(f"/{order}/authorisation") for person in people])
    notices = sorted(person.page.statuses[0] for person in people)
    assert notices == ["この受注は、現在の状態では再与信できません。", "再与信を実行しました。"]
    assert hanako.opens(f"/admin/shops/{OSAKA}/orders/{order}").text.count("オーソリ") >= 2
