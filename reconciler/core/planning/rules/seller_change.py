"""Another SellerId. A token belongs to one merchant: the two change together, and neither where the token is pre-set."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.planning.cascade import SELLER_FIELD, TOKEN_FIELD
from reconciler.core.planning.change import Change
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import PRE_SET, SealedSecret, SecretRef


def seller_changes_with_token(case: RuleContext) -> Iterator[Diagnostic]:
    """A token that could not be compared, since its secret is missing, is not judged."""
    declared = case.desired.kind(AmazonSettings).mws_auth_token
    token_changes = any(change.ref == TOKEN_FIELD for change in case.changes)
    if (
        token_changes
        or isinstance(declared, SecretRef)
        or not isinstance(case.observed.value(TOKEN_FIELD), SealedSecret)
    ):
        return
    for change in _other_seller(case):
        yield diagnostic(
            codes.SELLER_WITHOUT_TOKEN,
            msg(
                "The SellerId changes from {before} to {after}, but the MWSAuthToken stays and belongs "
                "to the former seller",
                before=str(change.before),
                after=str(change.after),
            ),
            hint=msg("Declare the new seller's token under amazon.api.mws_auth_token, or keep the SellerId"),
            shop=case.desired.shop,
            subject=SELLER_FIELD.manifest_path,
            origin=change.origin,
        )


def preset_token_keeps_seller(case: RuleContext) -> Iterator[Diagnostic]:
    """A pre-set token must never be replaced, so its seller cannot be replaced either."""
    if case.observed.value(TOKEN_FIELD) is not PRE_SET:
        return
    for change in _other_seller(case):
        yield diagnostic(
            codes.SELLER_OF_PRE_SET,
            msg(
                "The SellerId changes from {before} to {after}, but Amazon pre-set the MWSAuthToken for "
                "the former seller, and it must never be replaced",
                before=str(change.before),
                after=str(change.after),
            ),
            hint=msg("Keep the SellerId, or ask the platform how to move the shop to another seller"),
            shop=case.desired.shop,
            subject=SELLER_FIELD.manifest_path,
            origin=change.origin,
        )


def _other_seller(case: RuleContext) -> Iterator[Change]:
    """The change from one seller to another. A first SellerId is none."""
    for change in case.changes:
        if change.ref == SELLER_FIELD and isinstance(change.before, str) and isinstance(change.after, str):
            yield change
