"""What no page of ours sends: posts of other sites, forged fields, planted cookies, many attempts at once."""

import threading

import httpx
import pytest

from reconciler.embedded.pages.browser import ADMIN_COOKIE, preview_cookie
from reconciler.embedded.resources.screens.admin_sessions import PREVIEW_SECONDS, SESSION_SECONDS
from reconciler.embedded.resources.screens.sign_in_attempts import ATTEMPTS
from tests.embedded.harness import KYOTO, OSAKA
from tests.embedded.pages.browsing import PASSWORD

SHOP = f"/admin/shops/{KYOTO}/amazon-settings"
THIEF = "https://thief.example"


def test_what_another_site_posts_is_not_kept_for_a_form_of_ours(visitor) -> None:
    """A browser sends no cookie with such a post: it looks like a session that ended."""
    victim = visitor()
    for address in (SHOP, "/admin/sign-in"):
        page = victim.posts(address, [("notification_email", "thief@shop.example"), ("kept", "{}")], Origin=THIEF)
        assert page.status == 403
        assert page.forms == []
        assert "thief@shop.example" not in page.html
        assert "set-cookie" not in page.headers


@pytest.mark.parametrize("words", [{"Origin": "http://["}, {"Origin": ""}, {"Sec-Fetch-Site": "same-site"}])
def test_a_post_that_names_a_strange_origin_is_refused(sign_in, world, words: dict[str, str]) -> None:
    hanako = sign_in(KYOTO)
    form = hanako.page.form("/amazon-settings")
    fields = [each for each in form.fields if each[0] != "notification_email"]
    assert hanako.posts(form.action, [*fields, ("notification_email", "a@b.example")], **words).status == 403
    assert world.changes(KYOTO) == []


@pytest.mark.parametrize("target", ["//[", "/admin/x\n", "/admin/\\thief.example", "/admin", "admin/shops"])
def test_a_target_that_is_no_address_of_ours_leads_to_the_start(visitor, target: str) -> None:
    person = visitor()
    person.client.get("/admin/sign-in", params={"next": target})
    person.opens(f"/admin/sign-in?{httpx.QueryParams(next=target)}")
    assert person.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD).address == SHOP


@pytest.mark.parametrize(
    "kept", ["[" * 15_000, "seller_id=%ED%A0%80", "%00=x&=&&", "comment=" + "x" * 100_000, "&" * 30_000, "1" * 5000]
)
def test_kept_input_that_no_form_of_ours_had_does_no_harm(visitor, kept: str) -> None:
    person = visitor()
    person.opens(f"/admin/sign-in?next={SHOP}")
    page = person.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD, kept=kept)
    assert (page.status, page.address) == (200, SHOP)
    assert page.form("/amazon-settings").value("seller_id") in ("", "\ufffd" * 3)


def test_kept_input_holds_no_secret_even_if_it_is_forged(visitor, database) -> None:
    person = visitor()
    person.opens(f"/admin/sign-in?next={SHOP}")
    kept = "mws_auth_token=amzn.mws.forged&seller_id=A1"
    page = person.sends("/sign-in", shop=KYOTO, account="hanako", password=PASSWORD, kept=kept)
    assert page.form("/amazon-settings").value("seller_id") == "A1"
    assert b"amzn.mws.forged" not in b"".join(each.read_bytes() for each in database.parent.iterdir())


def test_two_cookies_of_one_name_are_nobodys_session(sign_in, world) -> None:
    """One of them may have been planted by another host of the same domain."""
    hanako = sign_in(KYOTO)
    token = hanako.client.cookies[ADMIN_COOKIE.name]
    bare = httpx.Client(base_url=hanako.client.base_url)
    with bare:
        assert bare.get(SHOP, headers={"Cookie": f"{ADMIN_COOKIE.name}={token}"}).status_code == 200
        both = bare.get(SHOP, headers={"Cookie": f"{ADMIN_COOKIE.name}=planted; {ADMIN_COOKIE.name}={token}"})
    assert (both.status_code, both.headers["location"][:14]) == (303, "/admin/sign-in")


def test_signing_in_again_ends_the_session_before(sign_in, visitor) -> None:
    person = sign_in(KYOTO)
    before = person.client.cookies[ADMIN_COOKIE.name]
    person.signs_in(KYOTO, "taro")
    thief = visitor()
    thief.client.cookies.set(ADMIN_COOKIE.name, before, path="/admin")
    assert thief.opens(SHOP).address == "/admin/sign-in"


def test_another_password_ends_all_sessions_and_previews_of_the_account_and_no_others(sign_in, world, visitor) -> None:
    hanako, taro = sign_in(OSAKA), sign_in(OSAKA, "taro")
    hanako.sends("/preview")
    preview = hanako.client.cookies[preview_cookie(OSAKA).name]
    world.ensure_user("hanako", PASSWORD, shop_key=OSAKA)
    assert hanako.opens(f"/admin/shops/{OSAKA}/changes").status == 200
    world.ensure_user("hanako", "another password", shop_key=OSAKA)
    assert hanako.opens(f"/admin/shops/{OSAKA}/changes").address == "/admin/sign-in"
    assert taro.opens(f"/admin/shops/{OSAKA}/changes").address == f"/admin/shops/{OSAKA}/changes"
    thief = visitor()
    thief.client.cookies.set(preview_cookie(OSAKA).name, preview, path=f"/shop/{OSAKA}/")
    assert "プレビュー表示中です。" not in thief.opens(f"/shop/{OSAKA}/cart").text


def test_a_preview_does_not_outlive_its_session(sign_in, clock) -> None:
    hanako = sign_in(OSAKA)
    clock.advance(SESSION_SECONDS - 60)
    hanako.sends("/preview")
    assert "プレビュー表示中です。" in hanako.page.text
    clock.advance(60)
    assert PREVIEW_SECONDS > 60
    assert "プレビュー表示中です。" not in hanako.opens(f"/shop/{OSAKA}/cart").text


def test_many_guesses_at_once_are_no_more_than_five(visitor, app, clock) -> None:
    people = [visitor() for _ in range(3 * ATTEMPTS)]
    for person in people:
        person.opens("/admin/sign-in")
    ready = threading.Barrier(len(people))
    statuses: list[int] = []

    def guess(number: int) -> None:
        ready.wait()
        statuses.append(people[number].sends("/sign-in", shop=KYOTO, account="hanako", password=f"no {number}").status)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [422] * ATTEMPTS + [429] * (len(people) - ATTEMPTS)


def test_an_unforeseen_failure_is_a_page_with_all_headers(sign_in, app) -> None:
    hanako = sign_in(KYOTO)
    with app.state.services.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE preview_sessions")
    page = hanako.sends("/preview")
    assert (page.status, page.headings[0]) == (500, (1, "エラー"))
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "Traceback" not in page.html
    assert "preview_sessions" not in page.html


def test_an_address_that_only_takes_forms_leads_to_its_page(sign_in) -> None:
    """A browser that restores its tabs loads the page of a refused form without its fields."""
    hanako = sign_in(KYOTO)
    assert hanako.opens(f"/admin/shops/{KYOTO}/amazon-settings/again").address == SHOP
    assert hanako.opens(f"/admin/shops/{KYOTO}/preview").address == SHOP
    assert hanako.opens("/admin/sign-out").address == SHOP
    assert hanako.opens("/admin").address == SHOP
    answer = hanako.client.put(SHOP)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "text/html; charset=utf-8")
    assert set(answer.headers["allow"].split(", ")) <= {"GET", "POST"}


def test_after_a_session_that_ended_a_person_comes_back_to_the_page_of_the_form(sign_in, clock) -> None:
    hanako = sign_in(OSAKA)
    at = f"/admin/shops/{OSAKA}/orders"
    page = hanako.opens(f"{at}?tab=unpaid")
    csrf = page.form("/sign-out").value("csrf")
    clock.advance(SESSION_SECONDS)
    referer = f"{str(hanako.client.base_url).rstrip('/')}{at}?tab=unpaid"
    hanako.posts(f"{at}/paid", [("csrf", str(csrf))], Referer=referer)
    assert hanako.page.form("/sign-in").value("next") == f"{at}?tab=unpaid"
    page = hanako.sends("/sign-in", shop=OSAKA, account="hanako", password=PASSWORD)
    assert (page.status, page.address) == (200, at)


def test_another_sites_referer_is_no_address_to_go_on_to(visitor) -> None:
    page = visitor().posts(SHOP, [], Referer=f"{THIEF}/admin/shops")
    assert page.form("/sign-in").value("next") == SHOP


def test_the_wanted_page_keeps_its_query(visitor) -> None:
    person = visitor()
    page = person.opens(f"/admin/shops/{KYOTO}/orders?tab=unpaid&after=1")
    assert page.form("/sign-in").value("next") == f"/admin/shops/{KYOTO}/orders?tab=unpaid&after=1"
    page = person.opens(f"/admin/shops/{KYOTO}%3Fnext=x%26y%23z/orders")
    assert page.form("/sign-in").value("next") == f"/admin/shops/{KYOTO}%3Fnext=x&y%23z/orders"
