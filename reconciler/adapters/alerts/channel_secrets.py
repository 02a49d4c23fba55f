"""The secrets of a channel, resolved at each attempt: a variable that is set later is found then."""

from __future__ import annotations

from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry
from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import SecretMissing, Secrets


class ChannelUnusable(Exception):
    """What the operator has to set up first. `why` says so without the secret; of a `reference`, lists of alerts show the name,
    which is the same in every language.
    """

    def __init__(
        self,
        why: Message,
        problem: DeliveryProblem = DeliveryProblem.SECRET_MISSING,
        reference: SecretRef | None = None,
    ) -> None:
        super().__init__(str(why))
        self.why = why
        self.error = DeliveryError(problem=problem, text=str(why) if reference is None else reference.uri)

    @property
    def outcome(self) -> Retry:
        return Retry(error=self.error)


def resolved_address(url: str | SecretRef, secrets: Secrets) -> str:
    """Raises ChannelUnusable."""
    return url if isinstance(url, str) else resolved_secret(url, secrets).reveal().strip()


def resolved_secret(reference: SecretRef, secrets: Secrets) -> Secret:
    """Raises ChannelUnusable."""
    try:
        return secrets.resolve(reference)
    except SecretMissing as missing:
        raise ChannelUnusable(missing.text, reference=reference) from None
