"""Every refusal as a page: the message a person needs, and never a value that was entered."""

import json
from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.admin.sign_in import EXPIRED, sign_in_page
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.pages.visit import Forged, SignInNeeded

MAINTENANCE: Final = "ただいまシステムメンテナンス中です。"
_NOT_FOUND: Final = "お探しのページが見つかりません。"
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "MAINTENANCE": ("システムメンテナンス", MAINTENANCE),
    "SHOP_NOT_FOUND": ("店舗が見つかりません", "この店舗キーの店舗が見つからないか、表示する権限がありません。"),
    "NOT_FOUND": ("ページが見つかりません", _NOT_FOUND),
    "BODY_TOO_LARGE": ("送信できませんでした", "送信された内容が大きすぎます。文字数を減らしてください。"),
    "VALIDATION_ERROR": ("送信できませんでした", "送信された内容を読み取れませんでした。"),
}
_OTHER: Final = ("エラー", "処理を完了できませんでした。時間をおいて、もう一度お試しください。")


def install_page_errors(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failure)


async def _sign_in(request: Request, error: Exception) -> Response:
    """A page goes on to the sign-in; a form that was posted without a session is kept there."""
    assert isinstance(error, SignInNeeded)
    if not error.expired:
        return RedirectResponse(f"/admin/sign-in?next={error.address}", 303)
    kept = json.dumps(dict(error.kept), ensure_ascii=False)
    return sign_in_page(request, 403, message=EXPIRED, target=error.address, kept=kept)


async def _forged(_request: Request, _error: Exception) -> Response:
    return _error_page(403, "送信できませんでした", EXPIRED)


async def _problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _error_page(error.status, *_TEXTS.get(error.code, _OTHER))


async def _not_found(_request: Request, _error: Exception) -> Response:
    return _error_page(404, *_TEXTS["NOT_FOUND"])


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = _TEXTS["NOT_FOUND"] if error.status_code == 404 else _TEXTS["VALIDATION_ERROR"]
    return _error_page(error.status_code, *known)


async def _failure(_request: Request, _error: Exception) -> Response:
    return _error_page(500, *_OTHER)


def _error_page(status: int, heading: str, message: str) -> Response:
    response = render_template("error.jinja", status, heading=heading, message=message)
    if status == 503:
        response.headers["Retry-After"] = "600"
    return response
