"""Whether a manifest keeps what stands: its plan is empty, or here is what it would change, and why.

In: one shop's plan. Out: findings. No secret and no credential is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.diagnostics.redaction import holds_credential
from reconciler.core.model.layers import leaf
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Scalar, Secret

_LONGEST: Final = 60


def unkept(plan: ShopPlan) -> Iterator[Diagnostic]:
    """What keeps the shop from being planned, and each change that would be written."""
    yield from (finding for finding in plan.findings if finding.stops)
    for change in plan.written:
        yield found(
            codes.NOT_KEPT,
            say("The plan would change {label}: {why}", label=change.ref.called, why=_why(change)),
            way_on=_WAYS_ON.get(change.reason, _IMPORT_AGAIN),
            shop=plan.shop,
            subject=change.ref.declared,
            origin=change.origin,
        )


def _why(change: Change) -> Text:
    if change.reason is Reason.REASSERTED:
        return say("what follows it does not stand as it says, and it is written again")
    if isinstance(change.after, Secret):
        return say(
            "the secret that {source} names is not the one that the backend holds", source=change.after.source.uri
        )
    return say(
        "the backend has {before}, the manifest says {after}", before=_told(change.before), after=_told(change.after)
    )


def _told(value: Scalar) -> Text:
    """As a manifest writes it, in one line."""
    written = leaf(value)
    if written is None:
        return say("nothing")
    if isinstance(written, bool):
        return say("true") if written else say("false")
    if holds_credential(written):
        return say("a value that is not shown")
    shown = repr(written) if len(written) <= _LONGEST else f"{written[:_LONGEST]!r}..."
    return say("{value}", value=shown)


_IMPORT_AGAIN: Final = say(
    "Import the shop again if the backend moved meanwhile; else decide which of the two is right"
)
_WAYS_ON: Final = {
    Reason.REASSERTED: say("Apply it, or turn 利用設定 off and on in the admin screen; then import the shop again"),
}
