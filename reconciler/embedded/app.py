"""The embedded backend as an ASGI application.

In: an `EmbeddedConfig`. Out: a FastAPI app, ready at once (an in-process transport runs no lifespan), over a database
that is migrated and, when it was new, seeded. It may be created many times over the same database, in one process or
in several.

Left on `app.state`: `services` (database, clock), `world` (other people's acts), `faults` (programmed failures).
The screens are applications of their own under `pages/`, mounted where the configuration says. They call the same
resource modules with a merchant or the platform as actor, and sign people in themselves: their paths are not `/admin-api/`,
`/amazon-pay/` or `/oauth/`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from reconciler.embedded.actors.world import World
from reconciler.embedded.api import error_handlers as handlers
from reconciler.embedded.api import openapi
from reconciler.embedded.api.auth import AuthMiddleware
from reconciler.embedded.api.routes import ROUTERS
from reconciler.embedded.config import EmbeddedConfig
from reconciler.embedded.faults import routes as fault_routes
from reconciler.embedded.faults.faults import Faults
from reconciler.embedded.faults.middleware import FaultMiddleware
from reconciler.embedded.mail_sink import receiving_mails
from reconciler.embedded.services import Services, open_services

CONTRACT_VERSION = "1"
_DESCRIPTION = (
    "What a backend must offer so that reconciler can observe and set the Amazon settings of shops. "
    "What the embedded backend serves at /admin/, /shop/ and /amazon/ are pages for people: no part of this contract."
)


def create_app(config: EmbeddedConfig) -> FastAPI:
    """Migrate, seed if the database is new, and build the app."""
    services = open_services(config)
    world = World(services)
    if config.seed is not None:
        world.seed_if_new(config.seed)
    faults = Faults()
    app = _bare_app()
    app.state.services, app.state.world, app.state.faults = services, world, faults
    if config.fault_control:
        app.include_router(fault_routes.router, include_in_schema=False)
    if config.pages:
        _mount_pages(app, services)
    app.add_middleware(AuthMiddleware, services=services)
    app.add_middleware(FaultMiddleware, services=services, faults=faults)
    return app


def _mount_pages(app: FastAPI, services: Services) -> None:
    # Templates cost time to load, and a command that runs the backend in its own process shows no page.
    from reconciler.embedded.pages.app import mount_pages  # noqa: PLC0415

    mount_pages(app, services)


def contract_text() -> str:
    """The OpenAPI document as text; needs no database."""
    return openapi.openapi_json(_bare_app())


def _bare_app() -> FastAPI:
    app = FastAPI(
        title="Admin backend of a shop platform",
        version=CONTRACT_VERSION,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        routes=list(_routes()),
    )
    handlers.install(app)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The same for every app of a process: FastAPI makes each ready at its first request, which costs more than all else of a
    short run. What a call works with is the app's that it came to (`request.app`).
    """
    router = APIRouter(generate_unique_id_function=openapi.operation_id)
    for part in ROUTERS:
        router.include_router(part)
    return tuple(router.routes)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    amazon = asyncio.create_task(_settle_payments(services)) if services.config.pages else None
    async with receiving_mails(services):
        yield
    if amazon is not None:
        amazon.cancel()
    services.database.close()


async def _settle_payments(services: Services) -> None:
    from reconciler.embedded.pages.seller_central.pending import settle_for_ever  # noqa: PLC0415 - as for the pages

    await settle_for_ever(services)
