"""サインイン: 店舗キー, アカウント and パスワード. Without 店舗キー: an operator.

In: a form. Out: a session of its own, and the page that was wanted. What a form had when its session ended is shown there again.
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.authentication import WAIT, check_password
from reconciler.embedded.pages.forms import read_form
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.menu import AMAZON_SETTINGS, address_of
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.visit import SECRET_FIELDS, Forged, PagePost, PageVisit, require_service, services_of
from reconciler.embedded.resources.screens import admin_sessions as sessions
from reconciler.embedded.resources.screens import admin_users as users

router = APIRouter()

_KEPT_CHARACTERS: Final = 40_000
EXPIRED = N_("セッションの有効期限が切れました。もう一度ログインしてください。")
WRONG = N_("店舗キー、アカウントまたはパスワードが正しくありません。")


@router.get("/sign-in")
async def show_sign_in(request: Request) -> Response:
    with services_of(request).reading() as connection:
        require_service(connection)
    return sign_in_page(request, target=request.query_params.get("next", ""))


@router.post("/sign-in")
async def post_sign_in(request: Request) -> Response:
    services, form = services_of(request), await read_form(request)
    with services.reading() as connection:
        require_service(connection)
    values = {"shop": form.text("shop"), "account": form.text("account"), "target": form.text("next")}
    again = {**values, "kept": form.text("kept")}
    if not browser.is_same_origin(request):
        raise Forged
    if not browser.ADMIN_COOKIE.is_genuine(request, form.text(browser.CSRF_FIELD)):
        return sign_in_page(request, 403, message=_(EXPIRED), **again)
    name = users.UserName(shop_key=values["shop"].strip(), account=values["account"].strip())
    secret = form.text("password")
    try:
        user = await check_password(services, name.who, lambda connection: users.find_user(connection, name), secret)
    except Problem:
        return sign_in_page(request, 429, message=_(WAIT), **again)
    if user is None:
        return sign_in_page(request, 422, message=_(WRONG), **again)
    draft = _draft(form.text("kept"), values["target"])
    with services.database.writing() as connection:
        sessions.close_session(connection, browser.ADMIN_COOKIE.token_of(request))
        token = sessions.start_session(connection, user, services.now(), draft)
    target = values["target"] if browser.is_admin_path(values["target"]) else "/admin/"
    response = RedirectResponse(target, 303)
    browser.ADMIN_COOKIE.give(response, request, token)
    return response


@router.post("/sign-out")
async def post_sign_out(visit: PagePost) -> Response:
    with visit.services.database.writing() as connection:
        sessions.close_session(connection, browser.ADMIN_COOKIE.token_of(visit.request))
    response = RedirectResponse("/admin/sign-in", 303)
    browser.ADMIN_COOKIE.take_back(response)
    return response


@router.get("/")
async def show_start(visit: PageVisit) -> Response:
    key = visit.user.shop_key
    return RedirectResponse(address_of(key, AMAZON_SETTINGS) if key else "/admin/shops", 303)


def sign_in_page(request: Request, status: int = 200, **values: str) -> Response:
    """Also the answer to each request that needs a session and has none. Keeps the visitor's cookie, or gives one."""
    cookie = browser.ADMIN_COOKIE.token_of(request) or browser.new_visitor()
    words = {"message": "", "shop": "", "account": "", "target": "", "kept": "", **values}
    response = render_template("admin/sign_in.jinja", status, csrf=browser.csrf_token(cookie), **words)
    if cookie != browser.ADMIN_COOKIE.token_of(request):
        browser.ADMIN_COOKIE.give(response, request, cookie)
    return response


def written_draft(kept: Mapping[str, str]) -> str:
    """For a hidden field of the sign-in. What no form of ours takes is not kept either."""
    text = urlencode(kept)
    return text if len(text) <= _KEPT_CHARACTERS else ""


def _draft(kept: str, target: str) -> Mapping[str, Any]:
    """The hidden field comes back from a browser: it may hold anything."""
    if len(kept) > _KEPT_CHARACTERS or not browser.is_admin_path(target):
        return {}
    fields = dict(parse_qsl(kept, keep_blank_values=True, errors="replace"))
    texts = {name: value for name, value in fields.items() if name not in SECRET_FIELDS}
    return {"address": target, "fields": texts} if texts else {}
