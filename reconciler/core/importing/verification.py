"""Whether a manifest matches the backend: its plan is empty, or these are its changes, with the reasons.

In: one shop's plan. Out: diagnostics. No secret and no credential is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.layers import to_leaf
from reconciler.core.model.value_words import ValueWords, value_to_type
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.values import Scalar, Secret

_LONGEST: Final = 60


def remaining_changes(plan: ShopPlan) -> Iterator[Diagnostic]:
    """What keeps the shop from being planned, and each change that would be written."""
    yield from (finding for finding in plan.findings if finding.blocking)
    for change in plan.written_changes:
        yield diagnostic(
            codes.NOT_KEPT,
            msg("The plan would change {label}: {why}", label=change.ref.full_name, why=_why(change)),
            hint=_WAYS_ON.get(change.reason, _IMPORT_AGAIN),
            shop=plan.shop,
            subject=change.ref.manifest_path,
            origin=change.origin,
        )


def _why(change: Change) -> Message:
    if change.reason is Reason.REWRITTEN:
        return msg("a field that follows it does not match, so it is written again")
    if isinstance(change.after, Secret):
        return msg("the secret of {source} differs from the backend's", source=change.after.source.uri)
    words = change.ref.spec.policy.words
    return msg(
        "the backend has {before}, the manifest has {after}",
        before=_shown(change.before, words),
        after=_shown(change.after, words),
    )


def _shown(value: Scalar, words: ValueWords) -> Message:
    """As a manifest writes it, in one line."""
    if isinstance(value, bool | StrEnum):
        return value_to_type(value, words)
    written = to_leaf(value)
    if not isinstance(written, str):
        return msg("nothing")
    if contains_credential(written):
        return msg("a sensitive value")
    shown = repr(written) if len(written) <= _LONGEST else f"{written[:_LONGEST]!r}..."
    return msg("{value}", value=shown)


_IMPORT_AGAIN: Final = msg(
    "If the backend changed in the meantime, import the shop again; otherwise decide which value is right"
)
_WAYS_ON: Final = {
    Reason.REWRITTEN: msg(
        "Apply it, or disable and enable it in the admin screen (利用設定); then import the shop again"
    ),
}
