"""サインイン: 店舗キー, アカウント and パスワード. Without 店舗キー: an operator.

In: a form. Out: a session of its own, and the page that was wanted. What a form had when its session ended is shown there again.
"""

import json
from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.forms import Form, read_form
from reconciler.embedded.pages.menu import AMAZON_SETTINGS, address_of
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.visit import PagePost, PageVisit, require_service, services_of
from reconciler.embedded.resources.screens import admin_sessions as sessions
from reconciler.embedded.resources.screens import admin_users as users
from reconciler.embedded.services import Services

router = APIRouter()

EXPIRED = "セッションの有効期限が切れました。もう一度ログインしてください。"
WRONG = "店舗キー、アカウントまたはパスワードが正しくありません。"
WAIT = "しばらく時間をおいてからお試しください。"


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
    if not browser.is_genuine(request, form.text(browser.CSRF_FIELD)):
        return sign_in_page(request, 403, message=EXPIRED, **again)
    try:
        user = await to_thread.run_sync(_authenticate, services, form)
    except Problem:
        return sign_in_page(request, 429, message=WAIT, **again)
    if user is None:
        return sign_in_page(request, 422, message=WRONG, **again)
    draft = _draft(form.text("kept"), values["target"])
    with services.database.writing() as connection:
        token = sessions.start_session(connection, user, services.now(), draft)
    target = values["target"] if browser.is_local_path(values["target"]) else "/admin/"
    response = RedirectResponse(target, 303)
    browser.set_cookie(response, request, token)
    return response


@router.post("/sign-out")
async def post_sign_out(visit: PagePost) -> Response:
    with visit.services.database.writing() as connection:
        sessions.close_session(connection, visit.session)
    response = RedirectResponse("/admin/sign-in", 303)
    browser.clear_cookie(response)
    return response


@router.get("/")
async def show_start(visit: PageVisit) -> Response:
    key = visit.user.shop_key
    return RedirectResponse(address_of(key, AMAZON_SETTINGS) if key else "/admin/shops", 303)


def sign_in_page(request: Request, status: int = 200, **values: str) -> Response:
    """Also the answer to whatever needs a session and has none. Keeps the visitor's cookie, or gives one."""
    cookie = browser.cookie_of(request) or browser.new_visitor()
    words = {"message": "", "shop": "", "account": "", "target": "", "kept": "", **values}
    response = render_template("sign_in.jinja", status, csrf=browser.csrf_token(cookie), **words)
    if cookie != browser.cookie_of(request):
        browser.set_cookie(response, request, cookie)
    return response


def _authenticate(services: Services, form: Form) -> users.AdminUser | None:
    """Runs in a thread: comparing a password is work. Raises Problem where the account has to wait."""
    name = users.UserName(shop_key=form.text("shop").strip(), account=form.text("account").strip())
    with services.reading() as connection:
        users.require_attempts_left(connection, name, services.now())
        user, stored = users.find_user(connection, name)
    right = users.password_matches(stored, form.text("password")) and user is not None
    with services.database.writing() as connection:
        users.note_attempt(connection, name, services.now(), failed=not right)
    return user if right else None


def _draft(kept: str, target: str) -> Mapping[str, Any]:
    try:
        fields = json.loads(kept) if kept else None
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not browser.is_local_path(target):
        return {}
    return {"address": target, "fields": {str(name): str(value) for name, value in fields.items()}}
