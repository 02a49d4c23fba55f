"""The pages as applications of their own, mounted beside the contract's routes: `/admin`, `/shop` and `/amazon`.

In: the services of the backend. Out: ASGI applications. Their errors are pages; their routes are not in the contract's document.
"""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.admin import ROUTERS as ADMIN_ROUTERS
from reconciler.embedded.pages.amazon import ROUTERS as AMAZON_ROUTERS
from reconciler.embedded.pages.errors import install_page_errors
from reconciler.embedded.pages.language_choice import LanguageChoice
from reconciler.embedded.pages.rendering import HEADERS, STATIC, PageHeaders, static_file
from reconciler.embedded.pages.seller_central import ROUTERS as SELLER_ROUTERS
from reconciler.embedded.pages.shop import ROUTERS as SHOP_ROUTERS
from reconciler.embedded.services import Services


def mount_pages(root: FastAPI, services: Services) -> None:
    root.mount("/admin", create_admin(services))
    root.mount("/shop", create_shop(services))
    root.mount("/amazon", create_amazon(services))
    for short in ("/", "/admin"):
        root.add_api_route(short, _to_the_pages, include_in_schema=False)
    root.add_api_route("/favicon.ico", _no_icon, include_in_schema=False)


async def _to_the_pages() -> Response:
    return RedirectResponse("/admin/", 303, HEADERS)


async def _no_icon() -> Response:
    return Response(status_code=204, headers=HEADERS)


def create_admin(services: Services) -> ASGIApp:
    static = APIRouter()
    static.add_api_route("/static/{name}", _serve_static)
    return _application(services, (*ADMIN_ROUTERS, *SELLER_ROUTERS, static), "error.jinja")


def create_shop(services: Services) -> ASGIApp:
    return _application(services, SHOP_ROUTERS, "shop/error.jinja")


def create_amazon(services: Services) -> ASGIApp:
    return _application(services, AMAZON_ROUTERS, "amazon/error.jinja")


def _application(services: Services, routers: Sequence[APIRouter], error_page: str) -> ASGIApp:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.services, app.state.error_page = services, error_page
    for router in routers:
        app.include_router(router)
    install_page_errors(app)
    return PageHeaders(LanguageChoice(app))


async def _serve_static(name: str) -> Response:
    if name not in STATIC:
        raise Problem("NOT_FOUND", "no such file")
    return static_file(name)
