"""The pre-set token: `Pre-Set_with_information_from_Amazon` must never be deleted or changed (the platform's manual)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import PRE_SET, UNSET

_TOKEN = FieldRef("amazon_settings", "mws_auth_token")


def preset_token_unchanged(case: RuleContext) -> Iterator[Diagnostic]:
    """A manifest that declares a token for a shop whose token Amazon has pre-set."""
    want = case.desired.kind(AmazonSettings).mws_auth_token
    if case.observed.value(_TOKEN) is PRE_SET and want is not UNSET and want is not PRE_SET:
        yield diagnostic(
            codes.TOKEN_PRE_SET,
            msg(
                "Amazon pre-set the shop's MWSAuthToken, and it must never be replaced, but the manifest "
                "names another one"
            ),
            expected=msg("amazon.api.mws_auth_token: pre-set"),
            hint=msg("Write `pre-set`, or delete the key"),
            shop=case.desired.shop,
            subject=_TOKEN.manifest_path,
            origin=case.desired.origin_of(_TOKEN.manifest_path),
        )


def preset_token_exists(case: RuleContext) -> Iterator[Diagnostic]:
    """A manifest that says `pre-set` of a token that is not: only Amazon can pre-set one."""
    have = case.observed.value(_TOKEN)
    if case.desired.kind(AmazonSettings).mws_auth_token is PRE_SET and have is not PRE_SET and have is not UNSET:
        yield diagnostic(
            codes.TOKEN_NOT_PRE_SET,
            msg("The manifest declares that Amazon pre-set the MWSAuthToken, but the shop's token is not pre-set"),
            expected=msg("a reference to the token, such as ref+env://NAME"),
            hint=msg("Write a reference to the token, or delete the key"),
            shop=case.desired.shop,
            subject=_TOKEN.manifest_path,
            origin=case.desired.origin_of(_TOKEN.manifest_path),
        )
