"""What is known of each shop, from every source: the backend, secrets, attestations, the inbox, earlier runs.

In: shops. Out: the shops, judged, with a diagnostic for each thing that could not be read.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import Entitlements
from reconciler.core.model.state import Unknown
from reconciler.core.onboarding.items import ShopOnboarding
from reconciler.core.onboarding.judge import ManifestState, OnboardingEvidence, judge_shop
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import day_in_japan
from reconciler.ports import BackendError, SecretMissing, SetupError
from reconciler.workflows.gather import CHUNK_SIZE
from reconciler.workflows.onboarding.attested_items import AttestedItems, read_attested_items
from reconciler.workflows.onboarding.tokens import TokenFinder, needs_token
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from reconciler.core.model.state import Desired, Observed
    from reconciler.core.onboarding.history import StoredOnboarding
    from reconciler.core.onboarding.items import RowPlace
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.ports import ObservingBackend
    from reconciler.workflows.session import Session

_ENABLED: Final = "amazon_settings.enabled"


@frozen
class KnownShops:
    """`declared` are those with a valid manifest, `invalid` those with another, each with its file. `rows` are from tables."""

    declared: Mapping[ShopKey, Desired]
    invalid: Mapping[ShopKey, str] = field(default_factory=dict)
    rows: Mapping[ShopKey, RowPlace] = field(default_factory=dict)
    earlier: Mapping[str, StoredOnboarding] = field(default_factory=dict)

    @property
    def shops(self) -> tuple[ShopKey, ...]:
        return tuple(sorted({*self.declared, *self.invalid, *self.rows}))

    def evidence(self, shop: ShopKey) -> OnboardingEvidence:
        """Without what needs a request."""
        desired, row, before = self.declared.get(shop), self.rows.get(shop), self.earlier.get(shop)
        file = self.invalid.get(shop) if desired is None else desired.origin.file
        state = ManifestState.NONE
        if desired is not None:
            state = ManifestState.VALID
        elif shop in self.invalid:
            state = ManifestState.INVALID
        return OnboardingEvidence(
            shop=shop,
            manifest=state,
            desired=desired,
            earlier_live=before is not None and before.was_live,
            place=file or (None if row is None else f"{row.file}:{row.line}"),
            row=row,
        )


@dataclass(slots=True, kw_only=True)
class Gathered:
    shops: list[ShopOnboarding] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    requests: tuple[RequestLogEntry, ...] = ()
    backend_read: bool = True


async def gather_evidence(session: Session, known: KnownShops) -> Gathered:
    gathered = Gathered()
    attested = read_attested_items(session.attestations(), day_in_japan(session.clock.now()))
    gathered.diagnostics += (replace(each, severity=Severity.WARNING) for each in attested.diagnostics)
    asker = _Asker(session, known, gathered, attested)
    await asker.ask_inbox()
    await asker.ask_backend()
    asker.find_tokens()
    return gathered


class _Asker:
    def __init__(self, session: Session, known: KnownShops, gathered: Gathered, attested: AttestedItems) -> None:
        self._session, self._known, self._gathered = session, known, gathered
        self.attested = attested
        self._paid: frozenset[ShopKey] | None = None
        self._inbox_failed = False
        self._waiting: list[OnboardingEvidence] = []
        """Shops whose token the backend does not have: it is searched for when the backend has been read."""

    async def ask_inbox(self) -> None:
        inbox = self._session.paid_orders()
        if inbox is None:
            return
        try:
            self._paid = await inbox.paid_shops(self._known.shops)
        except SetupError as error:
            self._inbox_failed = True
            self._gathered.diagnostics.append(diagnostic(codes.INBOX_UNREAD, error.text, hint=error.hint))

    async def ask_backend(self) -> None:
        left = set(self._known.shops)
        try:
            async with self._session.observe() as backend:
                async with aclosing(_in_chunks(self._known.shops, backend)) as chunks:
                    async for observed in chunks:
                        left.difference_update(each.shop for each in observed)
                        self._take(await observed_with_suggestions(observed, backend))
                self._gathered.requests = tuple(backend.requests)
        except (BackendError, SecretMissing, SetupError) as error:
            self._gathered.backend_read = len(left) < len(self._known.shops)
            self._gathered.diagnostics.append(_backend_unread(error, len(left)))
        for shop in sorted(left):
            self._judge(self._evidence(shop, None))

    def _take(self, observed: Sequence[Observed]) -> None:
        gone = self._were_live([each.shop for each in observed if _lost_right(each)])
        for each in observed:
            self._gathered.diagnostics += _unread(each)
            evidence = self._evidence(each.shop, each)
            if each.shop in gone:
                evidence = replace(evidence, earlier_live=True)
            if needs_token(evidence):
                self._waiting.append(evidence)
            else:
                self._judge(evidence)

    def _were_live(self, shops: Sequence[ShopKey]) -> frozenset[ShopKey]:
        """Those that a run has turned on. It is read only for shops without a right, which are few."""
        if not shops:
            return frozenset()
        try:
            with self._session.store.history() as history:
                applied = {} if history is None else history.last_applied(shops)
        except SetupError:
            return frozenset()
        live = (shop for shop, values in applied.items() if _ENABLED in values and values[_ENABLED].value is True)
        return frozenset(live)

    def _evidence(self, shop: ShopKey, observed: Observed | None) -> OnboardingEvidence:
        return replace(
            self._known.evidence(shop),
            observed=observed,
            attested=self.attested.items.get(shop, {}),
            paid=None if self._paid is None else shop in self._paid,
            inbox_failed=self._inbox_failed,
        )

    def find_tokens(self) -> None:
        finder = TokenFinder(self._session.secrets)
        finder.prepare(self._waiting)
        for evidence in self._waiting:
            found = finder.find(evidence)
            self._gathered.diagnostics += () if found.diagnostic is None else (found.diagnostic,)
            self._judge(replace(evidence, token=found.source))
        self._waiting.clear()

    def _judge(self, evidence: OnboardingEvidence) -> None:
        self._gathered.shops.append(judge_shop(evidence))


async def _in_chunks(shops: Sequence[ShopKey], backend: ObservingBackend) -> AsyncGenerator[list[Observed], None]:
    some: list[Observed] = []
    if not shops:
        return
    async for observed in backend.observe(shops):
        some.append(observed)
        if len(some) == CHUNK_SIZE:
            yield some
            some = []
    if some:
        yield some


def _lost_right(observed: Observed) -> bool:
    rights = observed.kind(Entitlements)
    return rights is not None and (rights.pay_option is False or rights.amazon_contract is False)


def _unread(observed: Observed) -> list[Diagnostic]:
    """Each reason once: most often one answer failed, and all kinds say so."""
    reasons = {read.reason.code: read.reason for read in observed.reads.values() if isinstance(read, Unknown)}
    return [replace(each.for_shop(observed.shop), severity=Severity.WARNING) for each in reasons.values()]


def _backend_unread(error: BackendError | SecretMissing | SetupError, shops: int) -> Diagnostic:
    found = diagnostic(
        error.code,
        msg("The backend was not read, which concerns {count} of the shops: {reason}", count=shops, reason=error.text),
        hint=getattr(error, "hint", None) or msg("Their items are unknown; run the command again when it answers"),
    )
    return replace(found, severity=Severity.WARNING)
