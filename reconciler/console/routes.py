"""Which address shows what: for each page the parts of its query, its source, and the module that makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Scope

from reconciler.console.elements import ConsolePage
from reconciler.console.http.query import BadQueryError
from reconciler.console.pages.alerts import ALERT_PARTS, alerts_page, alerts_query
from reconciler.console.pages.deferred import deferred_page
from reconciler.console.pages.fleet import fleet_page
from reconciler.console.pages.healing import healing_page
from reconciler.console.pages.inbox import INBOX_PARTS, inbox_page, inbox_query
from reconciler.console.pages.notification import notification_page
from reconciler.console.pages.onboarding import ONBOARDING_PARTS, onboarding_page, onboarding_query
from reconciler.console.pages.plans import plans_page
from reconciler.console.pages.run import one_run_page
from reconciler.console.pages.runs import RUN_PARTS, runs_page, runs_query
from reconciler.console.pages.shop import shop_page
from reconciler.console.pages.shops import SHOP_PARTS, shops_page, shops_query
from reconciler.console.sources import ConsoleSources
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.shop_rows import ShopQuery
from reconciler.lib.frozen_class import frozen

PageMaker = Callable[[ConsoleSources, PageVisit, str], Awaitable[ConsolePage | None]]
"""From sources, a visit and the part of the path that names one thing. None: the thing does not exist."""


@frozen
class PageRoute:
    """`parts` are those that its query may have."""

    path: str
    make: PageMaker
    parts: frozenset[str] = frozenset()


async def _fleet(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    return fleet_page(await sources.fleet(ShopQuery()), visit)


async def _shops(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    query = shops_query(visit)
    return shops_page(await sources.fleet(query), query, visit)


async def _shop(sources: ConsoleSources, visit: PageVisit, name: str) -> ConsolePage | None:
    found = await sources.shop(name)
    return None if found is None else shop_page(found, visit)


async def _onboarding(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    return onboarding_page(await sources.onboarding(onboarding_query(visit)), visit)


async def _runs(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    query = runs_query(visit)
    return runs_page(await sources.runs(query), query, visit)


async def _run(sources: ConsoleSources, visit: PageVisit, name: str) -> ConsolePage | None:
    found = await sources.run(name, visit.query.number("page", 1))
    return None if found is None else one_run_page(found, visit)


async def _plans(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    return plans_page(await sources.reviews(), visit)


async def _deferred(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    return deferred_page(await sources.reviews(), visit)


async def _healing(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    return healing_page(await sources.fleet(ShopQuery()), await sources.reviews(), visit)


async def _inbox(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    query = inbox_query(visit)
    return inbox_page(await sources.inbox(query), query, visit)


async def _notification(sources: ConsoleSources, visit: PageVisit, name: str) -> ConsolePage | None:
    if not (name.isascii() and name.isdigit() and len(name) <= _LONGEST_NUMBER):
        raise BadQueryError(msg("A notification is named by its number"))
    found = await sources.notification(int(name))
    return None if found is None else notification_page(found, visit)


async def _alerts(sources: ConsoleSources, visit: PageVisit, _name: str) -> ConsolePage:
    query = alerts_query(visit)
    return alerts_page(await sources.alerts(query), query, visit)


def console_route(scope: Scope) -> str:
    """The page of a request, as metrics name it: never a part that someone chose."""
    parts = [part for part in scope["path"].split("/") if part]
    found = next((each for each in ROUTES if _leads_to(each.path, parts)), None)
    if found is None:
        return parts[0] if parts[0] in _OTHERS else "other"
    return found.path


def _leads_to(path: str, parts: list[str]) -> bool:
    wanted = [part for part in path.split("/") if part]
    return len(wanted) == len(parts) and all(one in ("{name}", other) for one, other in zip(wanted, parts, strict=True))


_OTHERS: Final = frozenset({"sign-in", "sign-out", "static"})
_LONGEST_NUMBER: Final = 18

ROUTES: Final = (
    PageRoute(path="/", make=_fleet),
    PageRoute(path="/shops", make=_shops, parts=SHOP_PARTS),
    PageRoute(path="/shops/{name}", make=_shop),
    PageRoute(path="/onboarding", make=_onboarding, parts=ONBOARDING_PARTS),
    PageRoute(path="/runs", make=_runs, parts=RUN_PARTS),
    PageRoute(path="/runs/{name}", make=_run, parts=frozenset({"page"})),
    PageRoute(path="/plans", make=_plans),
    PageRoute(path="/deferred", make=_deferred),
    PageRoute(path="/healing", make=_healing),
    PageRoute(path="/inbox", make=_inbox, parts=INBOX_PARTS),
    PageRoute(path="/inbox/{name}", make=_notification),
    PageRoute(path="/alerts", make=_alerts, parts=ALERT_PARTS),
)
