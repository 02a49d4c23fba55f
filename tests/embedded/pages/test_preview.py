"""プレビュー: who sees it, how long, with what on it; and that it writes nothing."""

from sqlalchemy import func, select

from reconciler.embedded.pages.browser import preview_cookie
from reconciler.embedded.pages.shop.screens import SCREENS
from reconciler.embedded.resources.screens.admin_sessions import PREVIEW_SECONDS
from reconciler.embedded.storage.columns import metadata
from tests.embedded.harness import KYOTO, OSAKA

HEADINGS = {"after-login": "会員ログイン", "member-login": "会員ログイン"}
"""Of screens that shoppers see under another name than the manual's."""
OF_SESSIONS = {"admin_sessions", "preview_sessions", "sign_in_failures"}


def contents(app) -> dict[str, int]:
    """How many rows each table has, but for those of sessions."""
    with app.state.services.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
            if table.name not in OF_SESSIONS
        }


def test_a_closed_shop_with_nothing_set_shows_all_screens_and_writes_nothing(sign_in, app) -> None:
    before = contents(app)
    hanako = sign_in(KYOTO)
    page = hanako.sends("/preview", to=f"/admin/shops/{KYOTO}/preview")
    assert page.address == f"/shop/{KYOTO}/cart"
    assert "プレビュー表示中です。注文は登録されません。（有効期限 09:30）" in page.text
    assert page.links["Amazon Pay"] == f"/amazon/preview/sign-in?shop={KYOTO}&to=order"
    for key, name in SCREENS.items():
        page = hanako.opens(f"/shop/{KYOTO}/{key}")
        assert (page.status, page.headings[0]) == (200, (1, HEADINGS.get(key, name)))
        assert "プレビュー表示中です。" in page.text
    assert "ご注文ありがとうございました。" in page.text
    assert contents(app) == before


def test_the_preview_shows_the_texts_as_they_are_saved(sign_in, world) -> None:
    hanako = sign_in(KYOTO)
    hanako.opens(f"/admin/shops/{KYOTO}/messages/CART_BUTTON")
    hanako.sends("/messages/CART_BUTTON", message="Amazon Payで簡単<br>お支払い")
    hanako.opens(f"/admin/shops/{KYOTO}/amazon-settings")
    page = hanako.sends("/preview")
    assert "Amazon Payで簡単<br>お支払い" in page.text


def test_a_preview_ends_after_thirty_minutes(sign_in, clock) -> None:
    hanako = sign_in(OSAKA)
    hanako.sends("/preview")
    clock.advance(PREVIEW_SECONDS - 1)
    assert hanako.opens(f"/shop/{OSAKA}/cart").status == 200
    clock.advance(1)
    page = hanako.opens(f"/shop/{OSAKA}/cart")
    assert (page.status, page.statuses) == (200, ["プレビューの有効期限が切れています。"])
    assert "カートに商品はありません。" in page.text
    assert hanako.opens(f"/shop/{OSAKA}/cart").statuses == []


def test_a_preview_belongs_to_one_shop_and_its_session(sign_in, visitor) -> None:
    hanako, stranger = sign_in(OSAKA), visitor()
    assert stranger.opens(f"/shop/{OSAKA}/order").address == f"/shop/{OSAKA}/cart"
    hanako.sends("/preview")
    theirs = preview_cookie(KYOTO)
    token = hanako.client.cookies[theirs.name]
    stranger.client.cookies.set(theirs.name, token, path=theirs.path)
    page = stranger.opens(f"/shop/{KYOTO}/cart")
    assert (page.status, page.statuses) == (503, ["プレビューの有効期限が切れています。"])
    hanako.opens("/admin/")
    hanako.sends("/sign-out")
    assert "プレビュー表示中です。" not in hanako.opens(f"/shop/{OSAKA}/cart").text


def test_a_preview_can_be_ended(sign_in) -> None:
    hanako = sign_in(OSAKA)
    hanako.sends("/preview")
    page = hanako.sends("/end-preview")
    assert (page.status, page.headings[0]) == (200, (1, "商品一覧"))
    assert "プレビュー" not in page.text


def test_the_practice_amazon_of_a_preview_leads_to_the_order_and_takes_nothing(sign_in, app) -> None:
    before = contents(app)
    hanako = sign_in(KYOTO)
    page = hanako.sends("/preview", to=f"/admin/shops/{KYOTO}/preview")
    for link, heading in (
        ("Amazon Pay", "サインイン"),
        ("ログイン", "連携の確認"),
        ("見本 太郎として続行", "お届け先・お支払い方法"),
        ("続行", "Amazon Pay専用「ご注文手続き」"),
        ("注文を確定する", "完了"),
    ):
        page = hanako.opens(page.links[link])
        assert (page.status, page.headings[0]) == (200, (1, heading))
    assert "プレビューのため、注文は登録されていません。" in page.text
    page = hanako.opens(f"/shop/{KYOTO}/")
    assert "プレビュー表示中です。" in page.text
    assert not any(form.action.endswith("/cart/add") for form in page.forms)
    page = hanako.opens(f"/shop/{KYOTO}/subscription")
    for text in ("お届けサイクル", "1か月ごと", "申込みを確定する"):
        assert text in page.text
    for action in ("cart", "cart/add", "amazon-pay", "order", "subscription", "checkout"):
        assert hanako.posts(f"/shop/{KYOTO}/{action}", [("product", "tea"), ("quantity", "1")]).status == 403
    assert contents(app) == before


def test_only_a_signed_in_person_opens_a_preview(visitor) -> None:
    page = visitor().posts(f"/admin/shops/{OSAKA}/preview", [("screen", "cart")])
    assert page.status == 403
    assert page.address == f"/admin/shops/{OSAKA}/preview"
