"""A warning before a run closes shops and records it where the record may vanish with the CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan
    from reconciler.workflows.session import Session


def ephemeral_store_warnings(session: Session, plan: Plan) -> tuple[Diagnostic, ...]:
    """Empty where no shop is closed for its changes."""
    if not any(shop.bracket and not shop.blocked for shop in plan.shops):
        return ()
    place = session.store.ephemeral_place()
    if place is None:
        return ()
    text = msg(
        "The store {place} is inside the work tree of a CI job: if the job is killed while a "
        "shop is closed, nothing records that the shop must be reopened",
        place=place,
    )
    hint = msg("Use PostgreSQL (`store: postgresql://...`), or keep the folder .reconciler between jobs")
    return (diagnostic(codes.EPHEMERAL_STORE, text, hint=hint),)
