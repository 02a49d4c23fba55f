"""What someone tries who wants another person's account: each of it does nothing."""

from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS, WAIT_SECONDS
from reconciler.embedded.resources.shopping.amazon_codes import CODE_SECONDS
from tests.embedded.harness import KYOTO, OSAKA, SELLER
from tests.embedded.pages.browsing import PASSWORD
from tests.embedded.pages.members.shopper import AIKO, AMAZON_PASSWORD, KEN, MARI, Shopper, contents

AGAIN = "もう一度お試しください。"


def answer_of_amazon(person: Shopper, email: str) -> str:
    """Amazon's answer for this browser, not yet opened at the shop."""
    person.at("member-login")
    person.goes_to_amazon()
    person.signs_in_at_amazon(email)
    form = person.page.form("/amazon/consent")
    answer = person.client.post(form.action, data=dict(form.fields), follow_redirects=False)
    return str(answer.headers["location"])


def nobody_signed_in(person: Shopper) -> bool:
    return person.at("after-login").address == person.at("mypage").address == f"/shop/{person.shop}/member-login"


def test_an_answer_that_was_not_asked_for_signs_nobody_in(shopper) -> None:
    thief, victim = shopper(), shopper()
    planted = answer_of_amazon(thief, AIKO)
    page = victim.opens(planted)
    assert (page.status, page.alerts) == (400, [AGAIN])
    victim.at("member-login")
    victim.goes_to_amazon()
    assert victim.opens(planted).alerts == [AGAIN]
    assert nobody_signed_in(victim)


@pytest.mark.parametrize("state", ["", "forged", "あ"])
def test_a_forged_state_signs_nobody_in(shopper, state) -> None:
    aiko = shopper()
    code = parse_qs(urlsplit(answer_of_amazon(aiko, AIKO)).query)["code"][0]
    page = aiko.opens(f"/shop/{OSAKA}/amazon-return?state={state}&code={code}")
    assert (page.status, page.alerts) == (400, [AGAIN])
    assert nobody_signed_in(aiko)


def test_the_code_of_another_shop_signs_nobody_in(shopper) -> None:
    aiko = shopper()
    code = parse_qs(urlsplit(answer_of_amazon(aiko, AIKO)).query)["code"][0]
    aiko.shop = KYOTO
    aiko.at("member-login")
    page = aiko.goes_to_amazon()
    state = page.form("/amazon/consent").value("state")
    page = aiko.opens(f"/shop/{KYOTO}/amazon-return?state={state}&code={code}")
    assert page.alerts == [AGAIN]
    assert nobody_signed_in(aiko)


def test_a_code_is_good_once(shopper) -> None:
    aiko = shopper()
    answer = answer_of_amazon(aiko, AIKO)
    assert aiko.opens(answer).address == f"/shop/{OSAKA}/after-login"
    assert aiko.opens(answer).alerts == [AGAIN]
    code = parse_qs(urlsplit(answer).query)["code"][0]
    thief = shopper()
    thief.at("member-login")
    state = thief.goes_to_amazon().form("/amazon/sign-in").value("state")
    assert thief.opens(f"/shop/{OSAKA}/amazon-return?state={state}&code={code}").alerts == [AGAIN]
    assert nobody_signed_in(thief)


def test_a_code_is_good_for_two_minutes(shopper, clock) -> None:
    early, late = shopper(), shopper()
    answers = [(early, answer_of_amazon(early, AIKO)), (late, answer_of_amazon(late, KEN))]
    clock.advance(CODE_SECONDS - 1)
    assert early.opens(answers[0][1]).address == f"/shop/{OSAKA}/after-login"
    clock.advance(1)
    assert late.opens(answers[1][1]).alerts == [AGAIN]


def test_a_code_of_a_former_seller_signs_nobody_in(shopper, world) -> None:
    aiko = shopper()
    answer = answer_of_amazon(aiko, AIKO)
    world.merchant_edits(OSAKA, {"sellerId": SELLER})
    assert aiko.opens(answer).alerts == [AGAIN]
    assert nobody_signed_in(aiko)


def test_a_code_to_sign_out_signs_nobody_in(shopper) -> None:
    aiko = shopper()
    aiko.comes_from_amazon(AIKO)
    aiko.links("jun")
    form = aiko.page.form("/amazon-sign-out")
    answer = aiko.client.post(form.action, data=dict(form.fields), follow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    thief = shopper()
    thief.at("member-login")
    state = thief.goes_to_amazon().form("/amazon/sign-in").value("state")
    assert thief.opens(f"/shop/{OSAKA}/amazon-return?state={state}&code={code}").alerts == [AGAIN]


def test_a_planted_session_is_worth_nothing_after_the_login(shopper) -> None:
    mari, thief = shopper(), shopper()
    mari.at("member-login")
    mari.goes_to_amazon()
    planted = mari.token
    mari.logs_in("mari")
    assert mari.token != planted
    thief.token = planted
    assert nobody_signed_in(thief)


def test_a_planted_sign_in_with_amazon_is_over_with_the_members_login(shopper) -> None:
    thief, mari = shopper(), shopper()
    thief.comes_from_amazon(KEN)
    mari.token = thief.token
    mari.logs_in("mari")
    assert "Amazonからサインアウト" not in mari.at("mypage").text
    assert "未連携" in mari.at("login-link").text


def test_each_step_of_signing_in_gives_a_new_token(shopper) -> None:
    mari, thief = shopper(), shopper()
    mari.at("member-login")
    mari.goes_to_amazon()
    tokens = [mari.token]
    mari.signs_in_at_amazon(MARI)
    mari.agrees()
    tokens.append(mari.token)
    mari.links("mari")
    tokens.append(mari.token)
    assert len(set(tokens)) == 3
    for old in tokens[:-1]:
        thief.token = old
        assert nobody_signed_in(thief)


def test_a_login_takes_back_what_was_asked_of_amazon_before(shopper) -> None:
    """Else an answer could link an account that the member did not ask for."""
    mari = shopper()
    answer = answer_of_amazon(mari, AIKO)
    mari.logs_in("mari")
    assert mari.opens(answer).alerts == [AGAIN]
    assert "未連携" in mari.at("login-link").text


@pytest.mark.parametrize(
    "target",
    [
        "https://thief.example/",
        "//thief.example",
        f"../{KYOTO}/mypage",
        "/admin/",
        "mypage?next=https://thief.example",
        "order?session=../../admin",
        "mypage\r\nLocation: https://thief.example",
    ],
)
def test_signing_in_leads_to_screens_of_the_shop_only(shopper, target) -> None:
    mari = shopper()
    mari.at("member-login")
    fields = dict(mari.page.form("/member-login").fields) | {"login_id": "mari", "password": PASSWORD, "next": target}
    page = mari.posts(f"/shop/{OSAKA}/member-login", list(fields.items()))
    assert page.address == f"/shop/{OSAKA}/mypage"
    mari.sends("/logout")
    mari.comes_from_amazon(MARI)
    mari.links("mari")
    mari.sends("/logout")
    mari.at("member-login")
    fields = dict(mari.page.form("/amazon-login").fields) | {"next": target}
    page = mari.posts(f"/shop/{OSAKA}/amazon-login", list(fields.items()))
    assert page.address == f"/shop/{OSAKA}/mypage"


@pytest.mark.parametrize(
    "screen",
    [
        "member-login",
        "purchase-login",
        "after-login",
        "amazon-login",
        "amazon-sign-out",
        "logout",
        "register",
        "login-link/remove",
    ],
)
@pytest.mark.parametrize("csrf", [None, "", "0" * 64])
def test_a_post_without_the_token_of_its_session_does_nothing(shopper, app, screen, csrf) -> None:
    mari = shopper()
    mari.logs_in("mari")
    before = contents(app)
    fields = [("login_id", "jun"), ("password", PASSWORD)] + ([("csrf", csrf)] if csrf is not None else [])
    page = mari.posts(f"/shop/{OSAKA}/{screen}", fields)
    assert page.status == 403
    assert "画面の有効期限が切れました。前の画面に戻り、もう一度お試しください。" in page.text
    assert contents(app) == before


@pytest.mark.parametrize("screen", ["/amazon/sign-in", "/amazon/consent", "/amazon/consent/cancel"])
def test_a_post_to_amazon_without_the_token_of_its_session_does_nothing(shopper, app, screen) -> None:
    aiko = shopper()
    aiko.at("member-login")
    aiko.goes_to_amazon()
    aiko.signs_in_at_amazon(AIKO)
    fields = [each for each in aiko.page.form("/amazon/consent").fields if each[0] != "csrf"]
    before = contents(app)
    page = aiko.posts(screen, [*fields, ("email", AIKO), ("password", AMAZON_PASSWORD)])
    assert page.status == 403
    assert contents(app) == before


@pytest.mark.parametrize("where", [f"/shop/{OSAKA}/member-login", "/amazon/sign-in"])
def test_a_post_of_another_site_is_refused(shopper, where) -> None:
    mari = shopper()
    page = mari.at("member-login") if where.startswith("/shop") else mari.comes_to_amazon()
    form = page.form(where)
    fields = dict(form.fields) | {"login_id": "mari", "email": MARI, "password": PASSWORD}
    assert mari.posts(where, list(fields.items()), Origin="https://thief.example").status == 403


def test_after_five_failures_a_login_waits_in_every_form(shopper, clock) -> None:
    mari = shopper()
    mari.comes_from_amazon(MARI)
    for _ in range(ATTEMPTS - 1):
        assert mari.links("mari", "a guess").status == 422
    assert mari.logs_in("mari", "a guess").status == 422
    wait = ["しばらく時間をおいてからお試しください。"]
    assert (mari.logs_in("mari").status, mari.page.alerts) == (429, wait)
    mari.at("purchase-login")
    assert mari.sends("/purchase-login", login_id="mari", password=PASSWORD).alerts == wait
    mari.at("after-login")
    assert mari.links("mari").alerts == wait
    assert shopper().logs_in("jun").address == f"/shop/{OSAKA}/mypage"
    assert shopper(KYOTO).logs_in("mari").address == f"/shop/{KYOTO}/mypage"
    clock.advance(WAIT_SECONDS)
    assert mari.logs_in("mari").address == f"/shop/{OSAKA}/mypage"


def test_a_session_of_one_shop_is_none_of_another(shopper) -> None:
    mari, elsewhere = shopper(), shopper(KYOTO)
    mari.logs_in("mari")
    elsewhere.token = mari.token
    assert elsewhere.at("mypage").address == f"/shop/{KYOTO}/member-login"


def test_secrets_are_not_in_the_database(shopper, app, database) -> None:
    mari = shopper()
    answer = answer_of_amazon(mari, MARI)
    secrets = [*parse_qs(urlsplit(answer).query)["state"], *parse_qs(urlsplit(answer).query)["code"]]
    mari.opens(answer)
    mari.links("mari")
    secrets += [PASSWORD, AMAZON_PASSWORD, mari.token, mari.client.cookies["reconciler_amazon"]]
    app.state.services.database.close()
    kept = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert [secret for secret in secrets if secret.encode() in kept] == []
