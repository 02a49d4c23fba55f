"""The pre-set token: `Pre-Set_with_information_from_Amazon` must never be deleted or changed (the platform's manual)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.messages import say
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.rules.case import Case
from reconciler.core.values import PRE_SET, UNSET

_TOKEN = FieldRef("amazon_settings", "mws_auth_token")


def pre_set_untouched(case: Case) -> Iterator[Diagnostic]:
    """A manifest that declares a token for a shop whose token Amazon has pre-set."""
    want = case.desired.of(AmazonSettings).mws_auth_token
    if case.observed.at(_TOKEN) is PRE_SET and want is not UNSET and want is not PRE_SET:
        yield found(
            codes.TOKEN_PRE_SET,
            say(
                "The shop's MWSAuthToken is pre-set by Amazon and must never be replaced, but the manifest names another"
            ),
            expected=say("amazon.api.mws_auth_token: pre-set"),
            way_on=say("Write `pre-set`, or leave the key out"),
            shop=case.desired.shop,
            subject=_TOKEN.declared,
            origin=case.desired.origin_of(_TOKEN.declared),
        )


def not_pre_set(case: Case) -> Iterator[Diagnostic]:
    """A manifest that says `pre-set` of a token that is not: only Amazon can pre-set one."""
    have = case.observed.at(_TOKEN)
    if case.desired.of(AmazonSettings).mws_auth_token is PRE_SET and have is not PRE_SET and have is not UNSET:
        yield found(
            codes.TOKEN_NOT_PRE_SET,
            say("The manifest says that the MWSAuthToken is pre-set by Amazon, but the shop's is not"),
            expected=say("a reference to the token, such as ref+env://NAME"),
            way_on=say("Name where the token is to be found, or leave the key out"),
            shop=case.desired.shop,
            subject=_TOKEN.declared,
            origin=case.desired.origin_of(_TOKEN.declared),
        )
