"""What shows that a step of leaving is done, one function for each step, independent of their order.

In: facts. Out: a `StepVerdict`: what the step alone is known to be. `offboarding_plan` puts the verdicts in order.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.state import FieldRef, Unknown, value_at
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.onboarding.offboarding import (
    Evidence,
    EvidenceSource,
    OffboardingFacts,
    OpenAuthorization,
    StepActor,
)
from reconciler.core.values import UNSET, ApiStatus, Origin, Registration, Scalar, Unset
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import day_in_japan, parse_utc

ENABLED: Final = FieldRef("amazon_settings", "enabled")
API_STATUS: Final = FieldRef("amazon_settings", "api_status")
REGISTRATION: Final = FieldRef("ipn_endpoint", "registration")
ENABLED_KEY: Final = "amazon.enabled"
ENDPOINT_KEY: Final = "seller_central.ipn_endpoint"
WHOLE_FILE: Final = "shop"
_INTEGRATION: Final = "Amazonセラーセントラル>インテグレーション>インテグレーションセントラル"
_TRANSACTIONS: Final = "Amazonセラーセントラル>取引管理"
_ENDPOINTS: Final = "Amazonセラーセントラル>設定>インスタント通知(IPN)"
_MERGE: Final = msg("Commit the change, have it reviewed, and merge it")
_MERGE_IF_NEEDED: Final = msg("Commit and merge the manifest if that is not done yet")
_NO_MANIFEST: Final = Evidence(source=EvidenceSource.GIT, text=msg("no manifest"))


class StepFinding(Enum):
    """HOLDS: true at present, but only because nothing happened yet; what an earlier step allows may change it."""

    DONE = "done"
    HOLDS = "holds"
    OPEN = "open"
    UNKNOWN = "unknown"


@frozen
class StepVerdict:
    """Of one step alone. `writes` as in `StepStatus`."""

    finding: StepFinding
    actor: StepActor
    evidence: tuple[Evidence, ...]
    todo: tuple[Message, ...] = ()
    writes: str | None = None


def stop_use(facts: OffboardingFacts) -> StepVerdict:
    """Done where Git declares `amazon.enabled: false`, or has no manifest, and the backend says the same."""
    live, read = _live(facts, ENABLED)
    git, declared = _declared(facts, ENABLED, ENABLED_KEY)
    evidence = (git, read)
    if facts.broken is not None:
        return _unreadable(facts, evidence)
    if not facts.has_file and live is True:
        restore = msg("Restore the manifest from Git, or run `reconciler import {shop}`", shop=facts.shop)
        return _open(StepActor.US, evidence, restore)
    if facts.has_file and declared is not False:
        write = msg("`reconciler offboard {shop} --write` sets `amazon.enabled: false`", shop=facts.shop)
        return _open(StepActor.US, evidence, write, _MERGE, _apply(facts, "turning-off"), writes=ENABLED_KEY)
    if live is True:
        return _open(StepActor.US, evidence, _MERGE_IF_NEEDED, _apply(facts, "turning-off"))
    return _by_live(facts, live is False, evidence)


def revoke_at_amazon(facts: OffboardingFacts) -> StepVerdict:
    """Done where a person attested it: no API says who revoked what."""
    status, said = _live(facts, API_STATUS)
    attested = _attestation_evidence(facts, AttestedItem.REVOKED_AT_AMAZON)
    evidence = (attested, said) if status is ApiStatus.ERROR else (attested,)
    if _attested(facts, AttestedItem.REVOKED_AT_AMAZON) is not None:
        return StepVerdict(finding=StepFinding.DONE, actor=StepActor.MERCHANT, evidence=evidence)
    return _open(
        StepActor.MERCHANT,
        evidence,
        msg("{screen}: press [取り消す] beside the MWSAuthToken of the platform", screen=_INTEGRATION),
        msg("`reconciler attest {shop} revoked-at-amazon`, and commit the file", shop=facts.shop),
    )


def unregister_endpoint(facts: OffboardingFacts) -> StepVerdict:
    """Done where the list of the seller does not have the shop's URL, and Git does not ask for it."""
    live, read = _live(facts, REGISTRATION)
    git, declared = _declared(facts, REGISTRATION, ENDPOINT_KEY)
    evidence = (git, read)
    registered = live is Registration.REGISTERED
    if facts.broken is not None:
        return _unreadable(facts, evidence)
    if declared is Registration.REGISTERED or (facts.has_file and declared is UNSET and registered):
        write = msg("`reconciler offboard {shop} --write` sets `seller_central.ipn_endpoint: absent`", shop=facts.shop)
        return _open(StepActor.US, evidence, write, _MERGE, _apply(facts), writes=ENDPOINT_KEY)
    if registered and facts.has_file:
        return _open(StepActor.US, evidence, _MERGE_IF_NEEDED, _apply(facts))
    if registered:
        by_hand = msg("{screen}: delete the 販売事業者様サイトURL of the shop", screen=_ENDPOINTS)
        return _open(StepActor.MERCHANT, evidence, by_hand)
    if live is Registration.ABSENT and declared is UNSET and facts.has_file:
        return StepVerdict(finding=StepFinding.HOLDS, actor=StepActor.US, evidence=evidence)
    return _by_live(facts, live is Registration.ABSENT, evidence)


def close_authorisations(facts: OffboardingFacts) -> StepVerdict:
    """Done where the inbox knows of none that is open, or where a person attested it after the last one that is."""
    attested = _attested(facts, AttestedItem.AUTHORISATIONS_CLOSED)
    known, unread = facts.authorizations, facts.inbox_unread is not None
    evidence = (
        *([_inbox_evidence(facts)] if known is not None or unread else []),
        _attestation_evidence(facts, AttestedItem.AUTHORISATIONS_CLOSED),
    )
    open_ones = () if known is None else known.open
    if attested is not None and all(attested.on >= day_in_japan(parse_utc(each.updated)) for each in open_ones):
        return StepVerdict(finding=StepFinding.DONE, actor=StepActor.MERCHANT, evidence=evidence)
    if known is not None and known.heard and not open_ones:
        return StepVerdict(finding=StepFinding.HOLDS, actor=StepActor.MERCHANT, evidence=evidence)
    decides = bool(open_ones) and all(each.pending for each in open_ones)
    return StepVerdict(
        finding=StepFinding.UNKNOWN if unread else StepFinding.OPEN,
        actor=StepActor.AMAZON if decides else StepActor.MERCHANT,
        evidence=evidence,
        todo=tuple(_how_to_close(facts, open_ones)),
    )


def remove_manifest(facts: OffboardingFacts) -> StepVerdict:
    if not facts.has_file:
        return StepVerdict(finding=StepFinding.DONE, actor=StepActor.US, evidence=(_NO_MANIFEST,))
    there = Evidence(source=EvidenceSource.GIT, text=msg("the manifest is there"), origin=_origin(facts))
    remove = msg("`reconciler offboard {shop} --write` removes {file}", shop=facts.shop, file=_file(facts))
    return _open(StepActor.US, (there,), remove, _MERGE, writes=WHOLE_FILE)


def _open(actor: StepActor, evidence: tuple[Evidence, ...], *todo: Message, writes: str | None = None) -> StepVerdict:
    return StepVerdict(finding=StepFinding.OPEN, actor=actor, evidence=evidence, todo=todo, writes=writes)


def _live(facts: OffboardingFacts, ref: FieldRef) -> tuple[Scalar | Unset, Evidence]:
    """The value at the backend; UNSET where it is unknown."""
    observed = facts.observed
    if observed is None:
        why = msg("no answer") if facts.unread is None else facts.unread.summary
        return UNSET, _backend(msg("unknown: {reason}", reason=why))
    read = observed.reads[ref.kind]
    if isinstance(read, Unknown):
        return UNSET, _backend(msg("unknown: {reason}", reason=read.reason.summary))
    value = observed.value(ref)
    if value is UNSET:
        return UNSET, _backend(msg("unknown: the backend does not say it"))
    return value, _backend(_WORDS[ref, value])


_WORDS: Final = {
    (ENABLED, True): msg("利用設定 is on"),
    (ENABLED, False): msg("利用設定 is off"),
    (API_STATUS, ApiStatus.UNCHECKED): msg("Amazon has not checked the API values"),
    (API_STATUS, ApiStatus.VALID): msg("Amazon accepts the API values"),
    (API_STATUS, ApiStatus.ERROR): msg("Amazon refuses the API values"),
    (REGISTRATION, Registration.REGISTERED): msg("the IPN endpoint is registered"),
    (REGISTRATION, Registration.ABSENT): msg("the IPN endpoint is not registered"),
}


def _backend(text: Message) -> Evidence:
    return Evidence(source=EvidenceSource.BACKEND, text=text)


def _declared(facts: OffboardingFacts, ref: FieldRef, key: str) -> tuple[Evidence, Scalar | Unset]:
    """What Git says, with its place; UNSET where it says nothing."""
    desired = facts.manifest
    if desired is None:
        if facts.broken is None:
            return _NO_MANIFEST, UNSET
        return Evidence(source=EvidenceSource.GIT, text=msg("the manifest is invalid"), origin=_origin(facts)), UNSET
    value = value_at(desired.values[ref.kind], ref) if ref.kind in desired.values else UNSET
    if value is UNSET:
        text = msg("`{key}` is not declared", key=key)
        return Evidence(source=EvidenceSource.GIT, text=text, origin=desired.origin), UNSET
    word = value.value if isinstance(value, Registration) else str(value).lower()
    declared = msg("declares `{key}: {value}`", key=key, value=word)
    return Evidence(source=EvidenceSource.GIT, text=declared, origin=desired.origin_of(key)), value


def _by_live(facts: OffboardingFacts, fits: bool, evidence: tuple[Evidence, ...]) -> StepVerdict:
    """Git agrees; the rest is what the backend says."""
    if fits:
        return StepVerdict(finding=StepFinding.DONE, actor=StepActor.US, evidence=evidence)
    todo: tuple[Message, ...] = (
        msg("Run `reconciler offboard {shop}` again when the backend answers", shop=facts.shop),
    )
    return StepVerdict(finding=StepFinding.UNKNOWN, actor=StepActor.US, evidence=evidence, todo=todo)


def _unreadable(facts: OffboardingFacts, evidence: tuple[Evidence, ...]) -> StepVerdict:
    todo: tuple[Message, ...] = (
        msg("Fix the manifest: `reconciler validate {shop}` shows what is wrong", shop=facts.shop),
    )
    return StepVerdict(finding=StepFinding.UNKNOWN, actor=StepActor.US, evidence=evidence, todo=todo)


def _apply(facts: OffboardingFacts, guard: str | None = None) -> Message:
    if guard is None:
        return msg("`reconciler apply {shop}`", shop=facts.shop)
    return msg("`reconciler apply {shop} --allow {guard}`", shop=facts.shop, guard=guard)


def _attested(facts: OffboardingFacts, item: AttestedItem) -> Attestation | None:
    """One that still holds."""
    found = facts.attestations.get(item)
    return None if found is None or found.expired(facts.today) else found


def _attestation_evidence(facts: OffboardingFacts, item: AttestedItem) -> Evidence:
    found = facts.attestations.get(item)
    if found is None:
        return Evidence(source=EvidenceSource.ATTESTATION, text=msg("`{item}` is not attested", item=item.value))
    words = (
        msg("`{item}` expired on {day}", item=item.value, day=found.expires or "")
        if found.expired(facts.today)
        else msg("`{item}` attested by {by} on {day}", item=item.value, by=found.by, day=found.on)
    )
    return Evidence(source=EvidenceSource.ATTESTATION, text=words, origin=found.origin)


def _inbox_evidence(facts: OffboardingFacts) -> Evidence:
    known = facts.authorizations
    if known is None:
        why = msg("no answer") if facts.inbox_unread is None else facts.inbox_unread.summary
        text = msg("unknown: {reason}", reason=why)
    elif known.open:
        text = msg("open authorizations: {count}", count=len(known.open))
    else:
        text = msg("no open authorization") if known.heard else msg("nothing was received for the shop")
    return Evidence(source=EvidenceSource.INBOX, text=text)


def _how_to_close(facts: OffboardingFacts, open_ones: tuple[OpenAuthorization, ...]) -> list[Message]:
    """By hand at Amazon: the tool closes none."""
    search = msg("{screen}: capture [売上請求] or cancel [取消] each open authorization", screen=_TRANSACTIONS)
    attest = msg("`reconciler attest {shop} authorisations-closed`, and commit the file", shop=facts.shop)
    if any(each.pending for each in open_ones):
        return [msg("Wait for Amazon, which decides on pending authorizations"), search, attest]
    return [search, attest]


def _origin(facts: OffboardingFacts) -> Origin | None:
    if facts.manifest is not None:
        return facts.manifest.origin
    return None if facts.broken is None else Origin(facts.broken)


def _file(facts: OffboardingFacts) -> str:
    origin = _origin(facts)
    return "" if origin is None else origin.file
