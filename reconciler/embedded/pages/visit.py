"""A person's request: who, about which shop, with which form. Handlers get this instead of a bare request.

In: a request with a session's cookie. Out: a `Visit`, or `SignInNeeded`, `Forged`, `Problem`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Path
from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.contract.responses import ActorType
from reconciler.embedded.pages import browser
from reconciler.embedded.pages.addresses import address_after_form, own_address
from reconciler.embedded.pages.forms import Form, kept_fields, read_form
from reconciler.embedded.pages.menu import Screen, menu
from reconciler.embedded.pages.rendering import render_template
from reconciler.embedded.resources import storefront
from reconciler.embedded.resources.screens import admin_sessions as sessions
from reconciler.embedded.resources.screens.admin_sessions import AdminSession
from reconciler.embedded.resources.screens.admin_users import AdminUser
from reconciler.embedded.services import Services
from reconciler.embedded.storage.audited_write import Actor, AuditedTransaction
from reconciler.embedded.storage.tables import platform, shops
from reconciler.lib.frozen_class import frozen

_WARNING = "! "
SECRET_FIELDS = frozenset({browser.CSRF_FIELD, "mws_auth_token", "password"})


def as_warning(text: str) -> str:
    """A notice for the next page about what was saved and should be improved."""
    return f"{_WARNING}{text}"


class SignInNeeded(Exception):
    """Also for a form that an earlier session opened. `kept` is what a form of this address had, without secrets."""

    def __init__(self, address: str, kept: Mapping[str, str], *, expired: bool) -> None:
        super().__init__(address)
        self.address = address
        self.kept = kept
        self.expired = expired


class Forged(Exception):
    """A post that no page of ours sent for this session."""


class PageRefused(Exception):
    """An answer that says in its own words why there is nothing else."""

    def __init__(self, status: int, heading: str, message: str) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.message = message


@frozen
class Visit:
    request: Request
    services: Services
    session: AdminSession
    shop_key: str = ""
    form: Form = field(default_factory=Form)
    draft: Mapping[str, Any] = field(default_factory=dict)
    """What was entered at this address before, to be shown again."""

    @property
    def user(self) -> AdminUser:
        return self.session.user

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.services.reading() as connection:
            yield connection

    @contextmanager
    def editing(self) -> Iterator[AuditedTransaction]:
        """The same audited write as the contract's, by the person who is signed in."""
        kind: ActorType = "PLATFORM" if self.user.operator else "MERCHANT"
        with self.services.editing(Actor(name=self.user.name, type=kind)) as edit:
            yield edit

    def page(self, template: str, screen: Screen | None, status: int = 200, **values: Any) -> Response:
        shared = {
            "screen": screen,
            "user": self.user,
            "shop_key": self.shop_key,
            "notices": [each for each in self.session.notices if not each.startswith(_WARNING)],
            "warnings": [each.removeprefix(_WARNING) for each in self.session.notices if each.startswith(_WARNING)],
            "csrf": browser.csrf_token(browser.ADMIN_COOKIE.token_of(self.request)),
            "menu": menu(self.shop_key, screen) if self.shop_key else [],
            "storefront_open": self._storefront_open() if self.shop_key else None,
        }
        return render_template(template, status, **shared, **values)

    def version_shown(self, present: str) -> str:
        """Of a form that is shown again later: what it was made from, so that another editor's change in between is seen."""
        return str(self.draft.get("version", present))

    def redirect(self, address: str, *notices: str, draft: Mapping[str, Any] | None = None) -> Response:
        """After a post: the browser gets the next page, and reloading it posts nothing."""
        if notices or draft:
            with self.services.database.writing() as connection:
                sessions.keep_for_next_page(connection, self.session, notices, draft or {})
        return RedirectResponse(address, 303)

    def _storefront_open(self) -> bool:
        with self.reading() as connection:
            return bool(storefront.get(connection, self.shop_key)[shops.c.storefront_status] == "OPEN")


def services_of(request: Request) -> Services:
    found: Services = request.app.state.services
    return found


def require_service(connection: Connection) -> None:
    """Neither the admin screens nor the shops answer during maintenance of the platform."""
    if connection.execute(select(platform.c.maintenance)).scalar():
        raise Problem("MAINTENANCE", "the platform is under maintenance")


async def _visit(request: Request) -> Visit:
    """A page that is looked at. What was kept for the next page is taken out."""
    session = _session(request, Form())
    if session.notices or session.draft:
        with services_of(request).database.writing() as connection:
            sessions.keep_for_next_page(connection, session, (), {})
    kept_for = urlsplit(str(session.draft.get("address", ""))).path
    draft = session.draft.get("fields", {}) if kept_for == request.scope["path"] else {}
    return Visit(request=request, services=services_of(request), session=session, draft=draft)


async def _post(request: Request) -> Visit:
    if not browser.is_same_origin(request):
        raise Forged  # before all else: nothing that another site sent is kept for a form of ours
    form = await read_form(request)
    session = _session(request, form)
    if not browser.ADMIN_COOKIE.is_genuine(request, form.text(browser.CSRF_FIELD)):
        raise SignInNeeded(request.url.path, kept_fields(form, SECRET_FIELDS), expired=True)
    quiet = replace(session, notices=())
    return Visit(request=request, services=services_of(request), session=quiet, form=form)


async def _shop_visit(visit: Annotated[Visit, Depends(_visit)], shop_key: Annotated[str, Path()]) -> Visit:
    return _of_shop(visit, shop_key)


async def _shop_post(visit: Annotated[Visit, Depends(_post)], shop_key: Annotated[str, Path()]) -> Visit:
    return _of_shop(visit, shop_key)


def _session(request: Request, form: Form) -> AdminSession:
    services, cookie = services_of(request), browser.ADMIN_COOKIE.token_of(request)
    with services.reading() as connection:
        require_service(connection)
        found = sessions.find_session(connection, cookie, services.now()) if cookie else None
    if found is None:
        posted = request.method == "POST"
        address = address_after_form(request) if posted else own_address(request)
        raise SignInNeeded(address, kept_fields(form, SECRET_FIELDS), expired=posted)
    return found


def _of_shop(visit: Visit, shop_key: str) -> Visit:
    if visit.user.shop_key not in ("", shop_key):
        raise Problem("SHOP_NOT_FOUND", "no shop of this user has this shop key")
    with visit.reading() as connection:
        storefront.get(connection, shop_key)
    return replace(visit, shop_key=shop_key)


PageVisit = Annotated[Visit, Depends(_visit)]
"""A page of the signed-in user that belongs to no shop."""
PagePost = Annotated[Visit, Depends(_post)]
ShopVisit = Annotated[Visit, Depends(_shop_visit)]
ShopPost = Annotated[Visit, Depends(_shop_post)]
"""A form of one shop, from a page of ours."""
