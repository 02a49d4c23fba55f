"""Who gets in, and what keeps other people's pages out."""

import re

import pytest

from reconciler.embedded.pages.browser import ADMIN_COOKIE
from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS, WAIT_SECONDS
from tests.embedded.harness import KYOTO, OSAKA, TOKEN
from tests.embedded.pages.browsing import PASSWORD

WRONG = "店舗キー、アカウントまたはパスワードが正しくありません。"
SHOP = f"/admin/shops/{KYOTO}/amazon-settings"


def test_a_shops_account_arrives_at_amazon_settings(visitor) -> None:
    person = visitor()
    assert person.opens("/").address == "/admin/sign-in"
    page = person.signs_in(KYOTO, "hanako")
    assert page.address == SHOP
    assert "花子" in page.text


def test_an_operator_arrives_at_the_list_of_shops(sign_in) -> None:
    assert sign_in(account="operator").page.address == "/admin/shops"


@pytest.mark.parametrize(
    ("shop", "account", "password"),
    [
        (KYOTO, "hanako", "wrong"),
        (KYOTO, "nobody", PASSWORD),
        ("no-shop", "hanako", PASSWORD),
        ("", "hanako", PASSWORD),
    ],
)
def test_one_text_for_every_mistake(visitor, shop: str, account: str, password: str) -> None:
    page = visitor().signs_in(shop, account, password)
    assert (page.status, page.alerts) == (422, [WRONG])
    assert page.form("/sign-in").value("account") == account
    assert page.form("/sign-in").value("password") == ""


def test_after_five_failures_the_account_waits_and_no_other_one(visitor, clock) -> None:
    person = visitor()
    for _ in range(ATTEMPTS):
        assert person.signs_in(KYOTO, "hanako", "wrong").alerts == [WRONG]
    page = person.signs_in(KYOTO, "hanako")
    assert (page.status, page.alerts) == (429, ["しばらく時間をおいてからお試しください。"])
    assert visitor().signs_in(KYOTO, "taro").status == 200
    clock.advance(WAIT_SECONDS)
    assert person.signs_in(KYOTO, "hanako").address == SHOP


def test_a_success_starts_the_count_of_failures_again(visitor) -> None:
    person = visitor()
    for password in ("wrong",) * (ATTEMPTS - 1) + (PASSWORD,) + ("wrong",) * (ATTEMPTS - 1):
        person.signs_in(KYOTO, "hanako", password)
    assert person.signs_in(KYOTO, "hanako").address == SHOP


def test_signing_in_gives_a_session_of_its_own(visitor) -> None:
    """A session that someone planted in the browser before is worth nothing."""
    person = visitor()
    person.opens("/admin/sign-in")
    planted = person.client.cookies[ADMIN_COOKIE.name]
    person.signs_in(KYOTO, "hanako")
    assert person.client.cookies[ADMIN_COOKIE.name] != planted
    thief = visitor()
    thief.client.cookies.set(ADMIN_COOKIE.name, planted, path="/admin")
    assert thief.opens(SHOP).address == "/admin/sign-in"


def test_a_cookie_is_out_of_the_reach_of_scripts_and_other_sites(visitor) -> None:
    answer = visitor().client.get("/admin/sign-in")
    assert re.search(r"HttpOnly.*SameSite=lax|SameSite=lax.*HttpOnly", answer.headers["set-cookie"])


def test_signing_out_ends_the_session_on_the_server(sign_in, visitor) -> None:
    hanako = sign_in(KYOTO)
    kept = hanako.client.cookies[ADMIN_COOKIE.name]
    assert hanako.sends("/sign-out").address == "/admin/sign-in"
    thief = visitor()
    thief.client.cookies.set(ADMIN_COOKIE.name, kept, path="/admin")
    assert thief.opens(SHOP).address == "/admin/sign-in"


@pytest.mark.parametrize("token", [None, "", "0" * 64, "あ"])
def test_a_post_without_the_token_of_its_session_changes_nothing(sign_in, world, token: str | None) -> None:
    hanako = sign_in(KYOTO)
    form = hanako.page.form("/amazon-settings")
    fields = [(name, value) for name, value in form.fields if name not in ("csrf", "notification_email")]
    fields += [("notification_email", "thief@shop.example")] + ([] if token is None else [("csrf", token)])
    page = hanako.posts(form.action, fields)
    assert page.status == 403
    assert "セッションの有効期限が切れました。もう一度ログインしてください。" in page.text
    assert world.changes(KYOTO) == []


def test_a_form_of_an_earlier_session_keeps_what_was_entered(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    form = hanako.page.form("/amazon-settings")
    hanako.signs_in(KYOTO, "hanako")
    fields = [each for each in form.fields if each[0] not in ("notification_email", "mws_auth_token")]
    page = hanako.posts(form.action, [*fields, ("notification_email", "kept@shop.example"), ("mws_auth_token", TOKEN)])
    assert (page.status, TOKEN in page.html) == (403, False)
    page = hanako.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD)
    assert page.form("/amazon-settings").value("notification_email") == "kept@shop.example"
    assert world.changes(KYOTO) == []


def test_the_token_of_another_person_is_not_accepted(sign_in, world) -> None:
    hanako, taro = sign_in(KYOTO), sign_in(KYOTO, "taro")
    form = taro.page.form("/amazon-settings")
    fields = [each for each in form.fields if each[0] != "notification_email"]
    assert hanako.posts(form.action, [*fields, ("notification_email", "a@b.example")]).status == 403
    assert world.changes(KYOTO) == []


@pytest.mark.parametrize("origin", ["https://thief.example", "null"])
def test_a_post_of_another_origin_is_refused(sign_in, world, origin: str) -> None:
    hanako = sign_in(KYOTO)
    form = hanako.page.form("/amazon-settings")
    fields = [each for each in form.fields if each[0] != "notification_email"]
    page = hanako.posts(form.action, [*fields, ("notification_email", "a@b.example")], Origin=origin)
    assert page.status == 403
    assert world.changes(KYOTO) == []


def test_sign_in_needs_the_token_of_its_own_page(visitor) -> None:
    person = visitor()
    person.opens("/admin/sign-in")
    fields = [("csrf", "0" * 64), ("shop", KYOTO), ("account", "hanako"), ("password", PASSWORD)]
    assert person.posts("/admin/sign-in", fields).status == 403
    assert person.opens(SHOP).address == "/admin/sign-in"


@pytest.mark.parametrize(
    "target", ["https://thief.example/", "//thief.example/", "/\\thief.example", "javascript:alert(1)", "/admin-api/v1"]
)
def test_signing_in_leads_to_no_other_site(visitor, target: str) -> None:
    person = visitor()
    person.opens(f"/admin/sign-in?next={target}")
    page = person.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD)
    assert page.address == SHOP


def test_signing_in_leads_on_to_the_page_that_was_wanted(visitor) -> None:
    person = visitor()
    person.opens(f"/admin/shops/{KYOTO}/changes")
    page = person.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD)
    assert page.address == f"/admin/shops/{KYOTO}/changes"


@pytest.mark.parametrize("shop", [OSAKA, "no-such-shop", "..%2F..%2Fetc"])
def test_another_shop_is_as_little_there_as_an_unknown_one(sign_in, shop: str) -> None:
    assert sign_in(KYOTO).opens(f"/admin/shops/{shop}/amazon-settings").status == 404


@pytest.mark.parametrize("path", ["nothing", "static/../app.py", "static/base.jinja", "shops/kyoto-tea/messages/NONE"])
def test_what_is_not_there_is_a_page_too(sign_in, path: str) -> None:
    page = sign_in(KYOTO).opens(f"/admin/{path}")
    assert page.status == 404
    assert page.headings[0] == (1, "ページが見つかりません")


def test_no_page_answers_during_maintenance(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    world.maintenance(True)
    for address in (SHOP, "/admin/sign-in", f"/shop/{KYOTO}/"):
        page = hanako.opens(address)
        assert page.status == 503
        assert "ただいまシステムメンテナンス中です。" in page.text


@pytest.mark.parametrize(
    "place", [SHOP, "/admin/sign-in", "/admin/nothing", "/admin/static/pages.js", f"/shop/{KYOTO}/"]
)
def test_every_answer_keeps_foreign_content_out(sign_in, place: str) -> None:
    headers = sign_in(KYOTO).opens(place).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_no_page_has_a_script_or_a_style_within(sign_in) -> None:
    html = sign_in(KYOTO).page.html
    assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", html) == []
    assert re.findall(r'(?:src|href)="https?:', html) == []


def test_a_body_that_is_no_form_or_too_large_is_refused(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    answer = hanako.client.post(SHOP, json={"notificationEmail": "a@b.example"})
    assert answer.status_code == 422
    fields = [*hanako.page.form("/amazon-settings").fields, ("seller_id", "A" * 200_000)]
    assert hanako.posts(SHOP, fields).status == 413
    assert world.changes(KYOTO) == []


def test_passwords_and_tokens_are_not_in_the_database(sign_in, world, database) -> None:
    hanako = sign_in(KYOTO)
    hanako.sends("/amazon-settings", mws_auth_token=TOKEN)
    written = b"".join(file.read_bytes() for file in database.parent.glob("backend.sqlite*"))
    assert KYOTO.encode() in written
    for secret in (PASSWORD, TOKEN, hanako.client.cookies[ADMIN_COOKIE.name]):
        assert secret.encode() not in written
