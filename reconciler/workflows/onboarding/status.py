"""The use case `onboard --status`: what each shop still needs, who acts next, since when.

manifests ──┐
tables ─────┼─> shops ─> observed ─> tokens missing at the backend ─> judged ─> since when ─> recorded
store ──────┘            (a backend, a secret or an inbox that cannot be read makes items unknown, and stops nothing)

Nothing is written to the backend or to manifests. Of a shop only its items are kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.history import (
    StoredOnboarding,
    changed_rows,
    first_rows,
    repeated_rows,
    with_since,
)
from reconciler.core.onboarding.items import ShopOnboarding, loudest_first
from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.workflows.onboarding.evidence import KnownShops, gather_evidence
from reconciler.workflows.onboarding.table_shops import TableShops, read_tables

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.core.values import ShopKey
    from reconciler.ports.manifests import Manifest
    from reconciler.ports.onboarding.status_store import OnboardingStore
    from reconciler.workflows.session import Session


@frozen
class OnboardingStatusRequest:
    """`tables` add the shops of their rows. `only`: one shop, whose status is not recorded."""

    tables: tuple[Path, ...] = ()
    only: ShopKey | None = None


async def onboarding_status(session: Session, request: OnboardingStatusRequest) -> OnboardingStatusResult:
    """Raises SetupError where a table cannot be read."""
    tables = read_tables(session.manifest_files, request.tables)
    names = frozenset() if request.only is None else frozenset((request.only,))
    manifest = session.manifests.read(Selection(names=names))
    now = session.clock.now()
    with ExitStack() as stack:
        memory = _Memory(session, record=request.only is None)
        memory.open(stack)
        known = _known_shops(manifest, tables, memory.earlier, request.only)
        gathered = await gather_evidence(session, known)
        shops = loudest_first(
            [with_since(each, memory.earlier.get(each.shop), format_utc(now)) for each in gathered.shops]
            if memory.store is not None
            else list(gathered.shops)
        )
        memory.record(shops, format_utc(now))
    found = (*manifest.findings, *tables.diagnostics, *_about_rows(tables, memory.earlier))
    return OnboardingStatusResult(
        shops=shops,
        checked=format_utc(now),
        tables=tables.files,
        recorded=memory.store is not None,
        backend_read=gathered.backend_read,
        diagnostics=sort_diagnostics((*map(_milder, found), *gathered.diagnostics, *memory.warnings)),
        requests=gathered.requests,
    )


def _about_rows(tables: TableShops, earlier: Mapping[str, StoredOnboarding]) -> Iterable[Diagnostic]:
    yield from repeated_rows(tables.rows)
    yield from changed_rows(first_rows(tables.rows), earlier, tables.files)


def _known_shops(
    manifest: Manifest, tables: TableShops, earlier: Mapping[str, StoredOnboarding], only: ShopKey | None
) -> KnownShops:
    rows = first_rows(tables.rows)
    broken = {each.shop: each for each in manifest.findings if each.blocking and each.shop is not None}
    named = {desired.shop for desired in manifest.shops}
    invalid = {
        shop: "" if finding.origin is None else finding.origin.file
        for shop, finding in broken.items()
        if shop not in named and str(shop) in manifest.broken
    }
    return KnownShops(
        declared={desired.shop: desired for desired in manifest.shops},
        invalid=invalid,
        rows=rows if only is None else {shop: row for shop, row in rows.items() if shop == only},
        earlier=earlier,
    )


def _milder(finding: Diagnostic) -> Diagnostic:
    """A status is of what is not in order: that stops nothing."""
    return replace(finding, severity=Severity.WARNING) if finding.blocking else finding


class _Memory:
    """The store, as far as it can be used: what cannot be stored is omitted, with a warning."""

    def __init__(self, session: Session, *, record: bool) -> None:
        self._session, self._record = session, record
        self.store: OnboardingStore | None = None
        self.earlier: Mapping[str, StoredOnboarding] = {}
        self.warnings: list[Diagnostic] = []

    @property
    def _fleet(self) -> str:
        return self._session.target.fleet_name

    def open(self, stack: ExitStack) -> None:
        """A store that would vanish with its CI job is not made."""
        stores = self._session.onboarding
        try:
            create = self._record and stores.ephemeral_place() is None
            self.store = stack.enter_context(stores.open(create=create))
            if self.store is not None:
                self.earlier = self.store.read(self._fleet)
        except SetupError as error:
            self._failed(error)

    def record(self, shops: Sequence[ShopOnboarding], at: str) -> None:
        if self.store is None or not self._record:
            return
        try:
            self.store.record(self._fleet, shops, at)
        except SetupError as error:
            self._failed(error)

    def _failed(self, error: SetupError) -> None:
        self.store = None
        hint = error.hint or msg("Since when items have been missing is not known")
        text = msg("This status was not recorded: {why}", why=error.text)
        self.warnings.append(diagnostic(codes.STATUS_NOT_RECORDED, text, hint=hint))
