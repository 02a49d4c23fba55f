"""The verification of an import: with the ordinary reader and planner, would an apply of the written files change anything?

In: the shops, and the ports. Out: `ImportVerification`. The backend is read again, as a stream. A missing secret cannot be
compared: it is named and omitted from its shop's comparison; the rest of the shop is still verified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.verification import remaining_changes
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.authoring.import_result import ImportVerification
from reconciler.core.values import UNSET, ShopKey
from reconciler.ports import Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import resolve_secrets

_FEW: Final = 50
"""Up to this many names, reading only the named files is faster."""


async def verify_import(
    shops: Collection[ShopKey], manifests: Manifests, secrets: Secrets, backend: ObservingBackend
) -> ImportVerification:
    """Raises BackendError where nothing at all can be read."""
    wanted = frozenset(shops)
    manifest = manifests.read(Selection(globs=tuple(sorted(wanted)) if len(wanted) <= _FEW else ()))
    found = [finding for finding in manifest.findings if finding.shop is None or finding.shop in wanted]
    resolved = resolve_secrets((desired for desired in manifest.shops if desired.shop in wanted), secrets)
    unresolved = [secret for desired in resolved for secret in desired.unresolved]
    found += [secret.reason for secret in unresolved if secret.reason.code is not codes.SECRET_MISSING]
    resolved_shops = {desired.shop: _without_unresolved(desired) for desired in resolved}
    kept = 0
    async for observed in backend.observe(tuple(resolved_shops)):
        against = tuple(remaining_changes(plan_shop(resolved_shops[observed.shop], observed, RequestPace())))
        kept += not against
        found += against
    unproven = frozenset(desired.shop for desired in resolved if desired.unresolved)
    missing = sum(1 for secret in unresolved if secret.reason.code is codes.SECRET_MISSING)
    findings = sort_diagnostics((*found, *_not_compared(missing)))
    return ImportVerification(shops=len(wanted), kept=kept, unproven=unproven, findings=findings)


def _without_unresolved(desired: Desired) -> Desired:
    """The desired state as if the fields of secrets that are not available were not managed."""
    values = dict(desired.values)
    for secret in desired.unresolved:
        values[secret.ref.kind] = replace(values[secret.ref.kind], **{secret.ref.field: UNSET})
    return replace(desired, values=values, unresolved=())


def _not_compared(shops: int) -> Iterator[Diagnostic]:
    """One for all: that a secret is still missing is what an import expects."""
    if shops:
        text = msg("Tokens not compared because they are not provided yet: {count}", count=shops)
        hint = msg("Provide them under the listed names; `reconciler plan` then compares them")
        yield diagnostic(codes.NOT_PROVEN, text, hint=hint)
