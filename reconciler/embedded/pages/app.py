"""The pages as applications of their own, mounted beside the contract's routes: `/admin` and `/shop`.

In: the services of the backend. Out: ASGI applications. Their errors are pages; their routes are not in the contract's document.
"""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.admin import ROUTERS as ADMIN_ROUTERS
from reconciler.embedded.pages.errors import install_page_errors
from reconciler.embedded.pages.rendering import STATIC, PageHeaders, static_file
from reconciler.embedded.pages.seller_central import ROUTERS as SELLER_ROUTERS
from reconciler.embedded.pages.shop import ROUTERS as SHOP_ROUTERS
from reconciler.embedded.services import Services


def create_admin(services: Services) -> FastAPI:
    app = _application(services, (*ADMIN_ROUTERS, *SELLER_ROUTERS))
    app.add_api_route("/static/{name}", _serve_static)
    return app


def create_shop(services: Services) -> FastAPI:
    return _application(services, SHOP_ROUTERS)


def _application(services: Services, routers: Sequence[APIRouter]) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.services = services
    app.add_middleware(PageHeaders)
    for router in routers:
        app.include_router(router)
    install_page_errors(app)
    return app


async def _serve_static(name: str) -> Response:
    if name not in STATIC:
        raise Problem("NOT_FOUND", "no such file")
    return static_file(name)
