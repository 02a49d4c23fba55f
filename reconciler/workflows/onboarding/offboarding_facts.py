"""What is known of shops that leave: from Git, the backend, the sidecar's inbox and attestations. Reads only.

In: patterns of shop keys. Out: facts of each shop, and what could not be read. A source that does not answer leaves its part
unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Observed, Unknown
from reconciler.core.onboarding.attestations import END_ITEMS, Attestation, AttestedItem
from reconciler.core.onboarding.offboarding import OffboardingFacts, ShopAuthorizations
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import day_in_japan
from reconciler.ports import BackendError, Manifest, SecretMissing, SetupError
from reconciler.workflows.check_selection import unmatched_selection

if TYPE_CHECKING:
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.workflows.session import Session


@frozen
class GatheredShops:
    shops: tuple[OffboardingFacts, ...]
    diagnostics: tuple[Diagnostic, ...]
    requests: tuple[RequestLogEntry, ...]


@frozen
class _LiveShops:
    observed: Mapping[ShopKey, Observed]
    unread: Diagnostic | None
    requests: tuple[RequestLogEntry, ...]


@frozen
class _InboxShops:
    known: Mapping[ShopKey, ShopAuthorizations]
    unread: Diagnostic | None = None


async def gather_offboarding(session: Session, globs: tuple[str, ...]) -> GatheredShops:
    """A shop without a manifest is one of them where it is named by its key, or where its end is attested."""
    selection = Selection(globs=globs)
    manifest = session.manifests.read(selection)
    read = session.attestations().read(selection)
    with_file = {ShopKey(name) for name in manifest.names if SHOP_KEY.accepts(name)}
    left = {each.shop for each in read.attestations if each.item in END_ITEMS} - with_file
    named = {ShopKey(glob) for glob in globs if SHOP_KEY.accepts(glob)} - with_file - left
    live = await _observe(session, sorted({*with_file, *left, *named}))
    gone = {shop for shop in named if not _is_known(live.observed.get(shop))}
    shops = sorted({*with_file, *left, *named} - gone)
    unmatched = unmatched_selection(selection, [*manifest.names, *left, *(named - gone)], session)
    inbox = await _authorizations(session, shops)
    attested: dict[ShopKey, dict[AttestedItem, Attestation]] = {}
    for each in read.attestations:
        attested.setdefault(each.shop, {})[each.item] = each
    today = day_in_japan(session.clock.now())
    of_git = {desired.shop: desired for desired in manifest.shops}
    facts = (
        OffboardingFacts(
            shop=shop,
            today=today,
            manifest=of_git.get(shop),
            broken=_broken_file(manifest, shop),
            observed=live.observed.get(shop),
            unread=live.unread,
            attestations=attested.get(shop, {}),
            authorizations=inbox.known.get(shop),
            inbox_unread=inbox.unread,
        )
        for shop in shops
    )
    unread = (*_unread(live, shops), *([] if inbox.unread is None else [inbox.unread]))
    return GatheredShops(
        shops=tuple(facts),
        diagnostics=(*manifest.findings, *read.diagnostics, *unmatched, *unread),
        requests=live.requests,
    )


def _unread(live: _LiveShops, shops: Sequence[ShopKey]) -> tuple[Diagnostic, ...]:
    """Each reason once."""
    reads = [read for shop in shops if shop in live.observed for read in live.observed[shop].reads.values()]
    of_shops = dict.fromkeys(read.reason for read in reads if isinstance(read, Unknown))
    return (*([] if live.unread is None or not shops else [live.unread]), *of_shops)


def _broken_file(manifest: Manifest, shop: ShopKey) -> str | None:
    if shop not in manifest.broken:
        return None
    origins = (each.origin for each in manifest.findings if each.shop == shop)
    return next((origin.file for origin in origins if origin is not None), shop)


def _is_known(observed: Observed | None) -> bool:
    """The backend has the shop."""
    return observed is not None and not all(isinstance(read, Unknown) for read in observed.reads.values())


async def _observe(session: Session, shops: Sequence[ShopKey]) -> _LiveShops:
    observed: dict[ShopKey, Observed] = {}
    unread: Diagnostic | None = None
    requests: tuple[RequestLogEntry, ...] = ()
    try:
        async with session.observe() as backend:
            try:
                async for each in backend.observe(shops):
                    observed[each.shop] = each
            finally:
                requests = tuple(backend.requests)
    except BackendError as error:
        unread = diagnostic(error.code, error.text)
    except SetupError as error:
        unread = diagnostic(error.code, error.text, hint=error.hint, subject=error.subject, origin=error.origin)
    except SecretMissing as error:
        unread = diagnostic(error.code, error.text, hint=error.hint)
    return _LiveShops(observed=observed, unread=unread, requests=requests)


async def _authorizations(session: Session, shops: Sequence[ShopKey]) -> _InboxShops:
    known = session.authorizations()
    if known is None or not shops:
        return _InboxShops(known={})
    try:
        return _InboxShops(known=await known.of_shops(shops, session.clock.now()))
    except SetupError as error:
        return _InboxShops(known={}, unread=diagnostic(codes.INBOX_UNREAD, error.text, hint=error.hint))
