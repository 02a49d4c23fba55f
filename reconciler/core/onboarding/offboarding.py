"""The order in which a shop leaves Amazon Pay, and what each step is known by.

In: what Git, the backend, the inbox and attestations say of a shop (`OffboardingFacts`). Out: each step with its state, its
evidence, who acts and what to do. Nothing is read or written here. The order matters: access that is revoked while Amazon Pay
is in use breaks payments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import StrEnum

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.state import Desired, Observed
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen


class OffboardingStep(StrEnum):
    """In their order."""

    STOP_USE = "stop-use"
    REVOKE_AT_AMAZON = "revoke-at-amazon"
    UNREGISTER_ENDPOINT = "unregister-endpoint"
    CLOSE_AUTHORISATIONS = "close-authorisations"
    REMOVE_MANIFEST = "remove-manifest"

    @property
    def number(self) -> int:
        return list(OffboardingStep).index(self) + 1


class StepProgress(StrEnum):
    """NEXT: what has to be done now. WAITING: for an earlier step. UNKNOWN: it could not be read."""

    DONE = "done"
    NEXT = "next"
    WAITING = "waiting"
    UNKNOWN = "unknown"


class StepActor(StrEnum):
    """Who acts. US: who keeps the manifests."""

    US = "us"
    MERCHANT = "merchant"
    AMAZON = "amazon"


class EvidenceSource(StrEnum):
    GIT = "git"
    BACKEND = "backend"
    INBOX = "inbox"
    ATTESTATION = "attestation"


@frozen
class Evidence:
    """What was read, and where: a place in a file, or none for what has no file."""

    source: EvidenceSource
    text: Message
    origin: Origin | None = None


@frozen
class OpenAuthorization:
    """One that Amazon still holds, as the inbox knows it. `updated` and `lapses` are times in UTC; `pending`: Amazon decides."""

    id: str
    reference: str
    order: str | None
    amount: str | None
    state: str
    pending: bool
    updated: str
    lapses: str


@frozen
class ShopAuthorizations:
    """`heard`: anything at Amazon is known of the shop. Otherwise none being open says nothing."""

    open: tuple[OpenAuthorization, ...] = ()
    heard: bool = False


@frozen
class OffboardingFacts:
    """What is known of one shop. `manifest` None: there is none, or it is the invalid file `broken`. `observed` None: nothing was
    read, for the reason `unread`. `authorizations` None: no inbox, or `inbox_unread` says why it was not read. `today` is a day
    in Japan.
    """

    shop: ShopKey
    today: str
    manifest: Desired | None = None
    broken: str | None = None
    observed: Observed | None = None
    unread: Diagnostic | None = None
    attestations: Mapping[AttestedItem, Attestation] = field(default_factory=dict)
    authorizations: ShopAuthorizations | None = None
    inbox_unread: Diagnostic | None = None

    @property
    def has_file(self) -> bool:
        return self.manifest is not None or self.broken is not None


@frozen
class StepStatus:
    """`todo` are sentences, in their order: commands or screens. `early`: done although an earlier step is not, or may not be."""

    step: OffboardingStep
    progress: StepProgress
    actor: StepActor
    evidence: tuple[Evidence, ...]
    todo: tuple[Message, ...]
    early: bool = False
    writes: str | None = None
    """The manifest key that `--write` changes for this step, or `shop` for the file as a whole; None where it writes nothing."""


@frozen
class ShopOffboarding:
    """`file` is the shop's manifest, None where there is none."""

    shop: ShopKey
    file: str | None
    steps: tuple[StepStatus, ...]
    open_authorizations: tuple[OpenAuthorization, ...] = ()

    @property
    def finished(self) -> bool:
        return all(each.progress is StepProgress.DONE for each in self.steps)

    @property
    def current(self) -> StepStatus | None:
        """The first step that is not done."""
        return next((each for each in self.steps if each.progress is not StepProgress.DONE), None)

    def status(self, step: OffboardingStep) -> StepStatus:
        return next(each for each in self.steps if each.step is step)


STEP_TITLES: Mapping[OffboardingStep, Message] = {
    OffboardingStep.STOP_USE: msg("Stop using Amazon Pay"),
    OffboardingStep.REVOKE_AT_AMAZON: msg("Revoke the API access at Amazon"),
    OffboardingStep.UNREGISTER_ENDPOINT: msg("Unregister the IPN endpoint"),
    OffboardingStep.CLOSE_AUTHORISATIONS: msg("Close open authorizations"),
    OffboardingStep.REMOVE_MANIFEST: msg("Remove the manifest"),
}


def step_word(step: OffboardingStep) -> Message:
    return msg("step {number} ({title})", number=step.number, title=STEP_TITLES[step])


def first_open(steps: Sequence[StepStatus]) -> StepStatus | None:
    return next((each for each in steps if each.progress is not StepProgress.DONE), None)
