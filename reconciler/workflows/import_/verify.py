"""The proof of an import: through the ordinary reader and planner, would an apply of what was written change anything?

In: the shops, and the ports. Out: `Proof`. The world is read anew, as a stream. A secret that is not provided yet cannot be
compared: it is named, and left out of its shop's comparison; the rest of the shop is proven all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.diagnostics.messages import say
from reconciler.core.importing.verification import unkept
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Desired
from reconciler.core.planning.diff import declared
from reconciler.core.planning.plan import Pace, plan_shop
from reconciler.core.results.authoring import Proof
from reconciler.core.values import UNSET, SecretRef, ShopKey
from reconciler.ports import Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import resolve_all

_FEW: Final = 50
"""Names up to which a reader is quicker when it is told which files to look at."""


async def prove(shops: Collection[ShopKey], manifests: Manifests, secrets: Secrets, backend: ObservingBackend) -> Proof:
    """Raises BackendError where nothing at all can be read."""
    wanted = frozenset(shops)
    manifest = manifests.read(Selection(globs=tuple(sorted(wanted)) if len(wanted) <= _FEW else ()))
    told = [finding for finding in manifest.findings if finding.shop is None or finding.shop in wanted]
    ready, failed = resolve_all((wish for wish in manifest.shops if wish.shop in wanted), secrets)
    told += [why for _, why in failed if why.code is not codes.SECRET_MISSING]
    wishes = {wish.shop: wish for wish in (*ready, *(_without_secrets(wish) for wish, _ in failed))}
    kept = 0
    async for observed in backend.observe(tuple(wishes)):
        against = tuple(unkept(plan_shop(wishes[observed.shop], observed, Pace())))
        kept += not against
        told += against
    unproven = frozenset(wish.shop for wish, _ in failed)
    missing = sum(1 for _, why in failed if why.code is codes.SECRET_MISSING)
    findings = in_order((*told, *_not_compared(missing)))
    return Proof(shops=len(wanted), kept=kept, unproven=unproven, findings=findings)


def _without_secrets(wish: Desired) -> Desired:
    """The wish as if what refers to a secret were not managed."""
    values = dict(wish.values)
    for ref, value in declared(wish):
        if isinstance(value, SecretRef):
            values[ref.kind] = replace(values[ref.kind], **{ref.field: UNSET})
    return replace(wish, values=values)


def _not_compared(shops: int) -> Iterator[Diagnostic]:
    """One for all: that a secret is still missing is what an import expects."""
    if shops:
        told = say("Tokens that nobody provides yet, and that could not be compared: {count}", count=shops)
        way_on = say("Provide them under the names that are listed; `reconciler plan` compares them")
        yield found(codes.NOT_PROVEN, told, way_on=way_on)
