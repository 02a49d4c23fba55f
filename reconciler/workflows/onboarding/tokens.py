"""Where the token of a shop is that the backend does not have yet. Nothing of a token leaves this module.

In: what is known of shops. Out: whether the secret of each is there. All are announced first, so that a store answers in few
requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import MWS_AUTH_TOKEN
from reconciler.core.model.kinds import AMAZON_SETTINGS
from reconciler.core.onboarding.judge import OnboardingEvidence, TokenSource
from reconciler.core.values import ABSENT, UNSET, SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SecretMissing

if TYPE_CHECKING:
    from reconciler.core.diagnostics.messages import Message
    from reconciler.ports import Secrets

_LOCAL: Final = frozenset({"env", "file", "credential"})
"""What these hold differs from machine to machine."""
_PLACE: Final = AMAZON_SETTINGS.field("mws_auth_token").policy.manifest_path


@frozen(kw_only=False)
class FoundToken:
    source: TokenSource
    diagnostic: Diagnostic | None = None


def needs_token(evidence: OnboardingEvidence) -> bool:
    """Whether the manifest says where the token is, and the backend has none."""
    settings = evidence.settings
    there = settings is not None and settings.mws_auth_token in (ABSENT, UNSET)
    return there and evidence.declared_settings.mws_auth_token is not UNSET


class TokenFinder:
    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def prepare(self, shops: Iterable[OnboardingEvidence]) -> None:
        declared = (evidence.declared_settings.mws_auth_token for evidence in shops)
        self._secrets.prepare([ref for ref in declared if isinstance(ref, SecretRef)])

    def find(self, evidence: OnboardingEvidence) -> FoundToken:
        declared = evidence.declared_settings.mws_auth_token
        if not isinstance(declared, SecretRef):
            return FoundToken(TokenSource.NOT_DECLARED)
        try:
            secret = self._secrets.resolve(declared)
        except SecretMissing as missing:
            return _missing(evidence, declared.scheme, missing)
        if MWS_AUTH_TOKEN.accepts(secret.reveal()):
            return FoundToken(TokenSource.AVAILABLE)
        text = msg("The secret that the manifest refers to is not an MWSAuthToken")
        hint = msg("Copy the token again from Amazon Seller Central, without anything around it")
        wrong = replace(_finding(evidence, text, hint), code=codes.SECRET_FORM)
        return FoundToken(TokenSource.NOT_FOUND, wrong)


def _missing(evidence: OnboardingEvidence, scheme: str, missing: SecretMissing) -> FoundToken:
    """Only a store that all machines share can say that a secret is not there: the item says so, and the merchant has to act."""
    if missing.unread or missing.code is not codes.SECRET_MISSING or scheme in _LOCAL:
        return FoundToken(TokenSource.UNREAD, _finding(evidence, missing.text, missing.hint))
    return FoundToken(TokenSource.NOT_FOUND)


def _finding(evidence: OnboardingEvidence, text: Message, hint: Message | None) -> Diagnostic:
    desired = evidence.desired
    found = diagnostic(
        codes.SECRET_MISSING,
        text,
        hint=hint,
        shop=None if desired is None else desired.shop,
        subject=_PLACE,
        origin=None if desired is None else desired.origin_of(_PLACE),
    )
    return replace(found, severity=Severity.WARNING)
