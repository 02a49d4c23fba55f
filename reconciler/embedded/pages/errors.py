"""Every refusal as a page: the message a person needs, and never a value that was entered."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.addresses import address_after_form
from reconciler.embedded.pages.admin.sign_in import EXPIRED, sign_in_page, written_draft
from reconciler.embedded.pages.amazon.visit import BuyerNeeded
from reconciler.embedded.pages.language import N_, _
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.shop.visit import PREVIEW_EXPIRED, ShopClosed
from reconciler.embedded.pages.visit import Forged, PageRefused, SignInNeeded

MAINTENANCE: Final = N_("ただいまシステムメンテナンス中です。")
_NOT_FOUND: Final = N_("お探しのページが見つかりません。")
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "MAINTENANCE": (N_("システムメンテナンス"), MAINTENANCE),
    "SHOP_NOT_FOUND": (
        N_("店舗が見つかりません"),
        N_("この店舗キーの店舗が見つからないか、表示する権限がありません。"),
    ),
    "NOT_FOUND": (N_("ページが見つかりません"), _NOT_FOUND),
    "BODY_TOO_LARGE": (N_("送信できませんでした"), N_("送信された内容が大きすぎます。文字数を減らしてください。")),
    "VALIDATION_ERROR": (N_("送信できませんでした"), N_("送信された内容を読み取れませんでした。")),
}
_NO_SHOP: Final = (N_("店舗が見つかりません"), N_("お探しの店舗は見つかりませんでした。"))
_AGAIN: Final = N_("画面の有効期限が切れました。前の画面に戻り、もう一度お試しください。")
_OTHER: Final = (N_("エラー"), N_("処理を完了できませんでした。時間をおいて、もう一度お試しください。"))


def install_page_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(BuyerNeeded, _amazon_sign_in)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(PageRefused, _refused)
    app.add_exception_handler(ShopClosed, _closed)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failure)


async def _sign_in(request: Request, error: Exception) -> Response:
    """A page goes on to the sign-in; a form that was posted without a session is kept there."""
    assert isinstance(error, SignInNeeded)
    if not error.expired:
        return RedirectResponse(f"/admin/sign-in?{urlencode({'next': error.address})}", 303)
    return sign_in_page(request, 403, message=_(EXPIRED), target=error.address, kept=written_draft(error.kept))


async def _amazon_sign_in(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BuyerNeeded)
    return RedirectResponse(error.address, 303)


async def _forged(request: Request, _error: Exception) -> Response:
    return _error_page(request, 403, N_("送信できませんでした"), EXPIRED if _is_admin(request) else _AGAIN)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, PageRefused)
    return _error_page(request, error.status, error.heading, error.message)


async def _closed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ShopClosed)
    notice = _(PREVIEW_EXPIRED) if error.preview_ended else ""
    values = {"shop_key": error.shop_key, "message": _(error.message), "notice": notice}
    response = render_template("shop/closed.jinja", 503, **values)
    response.headers["Retry-After"] = "3600"
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    known = _TEXTS.get(error.code, _OTHER)
    if error.code == "SHOP_NOT_FOUND" and not _is_admin(request):
        known = _NO_SHOP
    return _error_page(request, error.status, *known)


async def _not_found(request: Request, _error: Exception) -> Response:
    return _error_page(request, 404, *_TEXTS["NOT_FOUND"])


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405 and request.method == "GET":  # a refused form's page, loaded again without its fields
        return RedirectResponse(address_after_form(request), 303)
    known = _TEXTS["NOT_FOUND"] if error.status_code == 404 else _TEXTS["VALIDATION_ERROR"]
    response = _error_page(request, error.status_code, *known)
    response.headers.update(error.headers or {})
    return response


async def _failure(request: Request, _error: Exception) -> Response:
    return _error_page(request, 500, *_OTHER)


def _is_admin(request: Request) -> bool:
    return bool(request.app.state.error_page == "error.jinja")


def _error_page(request: Request, status: int, heading: str, message: str) -> Response:
    response = render_template(request.app.state.error_page, status, heading=_(heading), message=_(message))
    if status == 503:
        response.headers["Retry-After"] = "600"
    return response
