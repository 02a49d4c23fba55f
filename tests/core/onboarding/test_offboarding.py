"""The steps of leaving: what each is known by, and that no order of events shows one as done before an earlier one unnoticed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.kinds.amazon_settings import AmazonSettings
from reconciler.core.model.kinds.ipn_endpoint import IpnEndpoint
from reconciler.core.model.state import Desired, Known, Observed, ReadResult, Unknown
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.onboarding.offboarding import (
    EvidenceSource,
    OffboardingFacts,
    OffboardingStep,
    OpenAuthorization,
    ShopAuthorizations,
    ShopOffboarding,
    StepActor,
    StepProgress,
)
from reconciler.core.onboarding.offboarding_plan import order_warnings, plan_offboarding, refusal
from reconciler.core.values import UNSET, ApiStatus, Origin, Registration, ShopKey

KYOTO = ShopKey("kyoto-tea")
FILE = "shops/kyoto-tea.yaml"
TODAY = "2026-11-29"
UNREACHABLE = diagnostic(codes.UNREACHABLE, msg("connection refused"))
Step, State = OffboardingStep, StepProgress


def manifest(enabled=UNSET, endpoint=UNSET) -> Desired:
    return Desired(
        shop=KYOTO,
        values={
            "amazon_settings": AmazonSettings(enabled=enabled),
            "ipn_endpoint": IpnEndpoint(registration=endpoint),
        },
        origin=Origin(FILE, 2, 7),
        origins={"amazon.enabled": Origin(FILE, 4, 12)},
    )


def observed(enabled=True, endpoint=Registration.REGISTERED, api=ApiStatus.VALID) -> Observed:
    reads: dict[str, ReadResult] = {kind.name: Unknown(UNREACHABLE) for kind in KINDS}
    if enabled is not None:
        reads["amazon_settings"] = Known(AmazonSettings(enabled=enabled, api_status=api), "1")
    if endpoint is not None:
        reads["ipn_endpoint"] = Known(IpnEndpoint(registration=endpoint), "1")
    return Observed(shop=KYOTO, reads=reads)


def attested(*items: AttestedItem, on="2026-11-20", expires=None) -> dict[AttestedItem, Attestation]:
    return {
        item: Attestation(shop=KYOTO, item=item, by="Hanako", on=on, expires=expires, origin=Origin("a.yaml", 5, 3))
        for item in items
    }


def authorization(updated="2026-11-21T03:00:00Z", *, pending=False) -> OpenAuthorization:
    return OpenAuthorization(
        id="S01-1-1-A1",
        reference="S01-1-1",
        order="100000020732",
        amount="1000 JPY",
        state="Pending" if pending else "Open",
        pending=pending,
        updated=updated,
        lapses="2026-12-21T03:00:00Z",
    )


def facts(**given_facts) -> OffboardingFacts:
    usual = {"manifest": manifest(enabled=True, endpoint=Registration.REGISTERED), "observed": observed()}
    return OffboardingFacts(shop=KYOTO, today=TODAY, **usual | given_facts)


def progress(given_facts: OffboardingFacts) -> list[str]:
    return [each.progress.value for each in plan_offboarding(given_facts).steps]


LIVE = facts()
STOPPED = facts(manifest=manifest(enabled=False, endpoint=Registration.REGISTERED), observed=observed(enabled=False))
REVOKED = replace(STOPPED, attestations=attested(AttestedItem.REVOKED_AT_AMAZON))
UNREGISTERED = replace(
    REVOKED,
    manifest=manifest(enabled=False, endpoint=Registration.ABSENT),
    observed=observed(enabled=False, endpoint=Registration.ABSENT),
)
CLOSED = replace(UNREGISTERED, attestations=attested(*AttestedItem))
REMOVED = replace(CLOSED, manifest=None)
STORY = (LIVE, STOPPED, REVOKED, UNREGISTERED, CLOSED, REMOVED)


@pytest.mark.parametrize("done", range(6))
def test_the_steps_follow_each_other_from_a_live_shop_to_none(done):
    shop = plan_offboarding(STORY[done])
    rest = ["next", *["waiting"] * (4 - done)] if done < 5 else []
    assert progress(STORY[done]) == ["done"] * done + rest
    assert shop.finished is (done == 5)
    assert list(order_warnings(shop)) == []


@pytest.mark.parametrize(
    ("at", "actor", "writes"),
    [
        (0, StepActor.US, "amazon.enabled"),
        (1, StepActor.MERCHANT, None),
        (2, StepActor.US, "seller_central.ipn_endpoint"),
        (3, StepActor.MERCHANT, None),
        (4, StepActor.US, "shop"),
    ],
)
def test_the_next_step_says_who_acts_and_what_to_do(at, actor, writes):
    shop = plan_offboarding(STORY[at])
    current = shop.current
    assert (current.step.number, current.actor, current.writes) == (at + 1, actor, writes)
    assert current.todo
    assert [each.todo for each in shop.steps if each is not current] == [()] * 4
    assert (refusal(shop, None) is None) is (writes is not None)


def test_evidence_has_its_place():
    git, backend = plan_offboarding(STOPPED).status(Step.STOP_USE).evidence
    assert (git.source, str(git.origin)) == (EvidenceSource.GIT, f"{FILE}:4:12")
    assert (backend.source, backend.origin) == (EvidenceSource.BACKEND, None)


def test_a_manifest_that_is_not_applied_is_not_done():
    shop = plan_offboarding(replace(STOPPED, observed=observed()))
    assert (shop.current.step, shop.current.progress) == (Step.STOP_USE, State.NEXT)
    assert "apply" in str(shop.current.todo[-1])
    assert "not applied" in str(refusal(shop, Step.STOP_USE).summary)
    not_unregistered = replace(UNREGISTERED, observed=observed(enabled=False))
    assert plan_offboarding(not_unregistered).current.step is Step.UNREGISTER_ENDPOINT


def test_a_backend_that_is_off_is_not_enough_while_git_says_on():
    shop = plan_offboarding(replace(LIVE, observed=observed(enabled=False)))
    assert (shop.current.step, shop.current.writes) == (Step.STOP_USE, "amazon.enabled")


def test_without_the_backend_git_is_shown_and_the_rest_is_unknown():
    offline = {"observed": None, "unread": UNREACHABLE}
    assert progress(replace(LIVE, **offline)) == ["next", "waiting", "waiting", "waiting", "waiting"]
    stopped = plan_offboarding(replace(UNREGISTERED, **offline))
    assert [each.progress.value for each in stopped.steps] == ["unknown", "done", "unknown", "waiting", "waiting"]
    assert "connection refused" in str(stopped.current.evidence[1].text)
    assert "unknown whether" in str(refusal(stopped, None).summary)
    (warning,) = order_warnings(stopped)
    assert "unknown whether" in str(warning.summary)


def test_access_that_is_revoked_first_is_a_warning_that_says_what_buyers_meet():
    shop = plan_offboarding(replace(LIVE, attestations=attested(AttestedItem.REVOKED_AT_AMAZON)))
    (warning,) = order_warnings(shop)
    assert (warning.code, warning.shop, str(warning.origin)) == (codes.OFFBOARDED_EARLY, KYOTO, "a.yaml:5:3")
    assert "error page" in str(warning.hint)


def test_an_endpoint_that_is_unregistered_first_is_a_warning():
    shop = plan_offboarding(
        replace(
            LIVE,
            manifest=manifest(enabled=True, endpoint=Registration.ABSENT),
            observed=observed(endpoint=Registration.ABSENT),
        )
    )
    assert shop.status(Step.UNREGISTER_ENDPOINT).early
    assert "takes orders" in str(next(order_warnings(shop)).hint)


def test_an_endpoint_that_was_never_registered_is_no_step_that_was_done_early():
    shop = plan_offboarding(facts(manifest=manifest(enabled=True), observed=observed(endpoint=Registration.ABSENT)))
    assert shop.status(Step.UNREGISTER_ENDPOINT).progress is State.WAITING
    assert list(order_warnings(shop)) == []


def test_an_expired_attestation_counts_no_more():
    expired = attested(AttestedItem.REVOKED_AT_AMAZON, expires="2026-11-28")
    status = plan_offboarding(replace(STOPPED, attestations=expired)).status(Step.REVOKE_AT_AMAZON)
    assert status.progress is State.NEXT
    assert "expired on 2026-11-28" in str(status.evidence[0].text)


def test_what_amazon_refuses_is_evidence_but_not_proof_of_a_revocation():
    refused = replace(STOPPED, observed=observed(enabled=False, api=ApiStatus.ERROR))
    status = plan_offboarding(refused).status(Step.REVOKE_AT_AMAZON)
    assert status.progress is State.NEXT
    assert [each.source for each in status.evidence] == [EvidenceSource.ATTESTATION, EvidenceSource.BACKEND]


def closing(**given_facts) -> tuple[StepProgress, StepActor]:
    status = plan_offboarding(replace(UNREGISTERED, **given_facts)).status(Step.CLOSE_AUTHORISATIONS)
    return status.progress, status.actor


def test_open_authorizations_of_the_inbox_have_to_be_closed():
    known = ShopAuthorizations(open=(authorization(),), heard=True)
    assert closing(authorizations=known) == (State.NEXT, StepActor.MERCHANT)
    pending = ShopAuthorizations(open=(authorization(pending=True),), heard=True)
    assert closing(authorizations=pending) == (State.NEXT, StepActor.AMAZON)
    assert plan_offboarding(replace(UNREGISTERED, authorizations=known)).open_authorizations == known.open


def test_an_inbox_that_knows_the_shop_and_nothing_open_is_enough_and_an_empty_one_is_not():
    assert closing(authorizations=ShopAuthorizations(heard=True))[0] is State.DONE
    assert closing(authorizations=ShopAuthorizations())[0] is State.NEXT
    unread = {"authorizations": None, "inbox_unread": UNREACHABLE}
    assert closing(**unread)[0] is State.UNKNOWN
    assert closing(**unread, attestations=attested(*AttestedItem))[0] is State.DONE


@pytest.mark.parametrize(("on", "state"), [("2026-11-20", State.NEXT), ("2026-11-21", State.DONE)])
def test_an_attestation_counts_if_it_is_not_older_than_what_is_open(on, state):
    known = ShopAuthorizations(open=(authorization("2026-11-20T16:00:00Z"),), heard=True)  # in Japan the 21st
    assert closing(authorizations=known, attestations=attested(*AttestedItem, on=on))[0] is state


def test_nothing_open_says_nothing_while_the_shop_still_takes_orders():
    shop = plan_offboarding(replace(LIVE, authorizations=ShopAuthorizations(heard=True)))
    assert shop.status(Step.CLOSE_AUTHORISATIONS).progress is State.WAITING
    assert list(order_warnings(shop)) == []


def test_a_manifest_that_is_removed_too_early_is_a_warning_with_a_way_back():
    shop = plan_offboarding(replace(LIVE, manifest=None))
    assert "Restore the manifest" in str(shop.current.todo[0])
    assert [each.summary is not None for each in order_warnings(shop)] == [True]
    no_endpoint = plan_offboarding(replace(REVOKED, manifest=None))
    assert (no_endpoint.current.step, no_endpoint.current.actor) == (Step.UNREGISTER_ENDPOINT, StepActor.MERCHANT)


def test_an_invalid_manifest_holds_the_steps():
    shop = plan_offboarding(replace(CLOSED, manifest=None, broken=FILE))
    assert (shop.file, shop.current.step, shop.current.progress) == (FILE, Step.STOP_USE, State.UNKNOWN)
    assert "validate" in str(shop.current.todo[0])


@pytest.mark.parametrize(
    ("at", "wanted", "text"),
    [
        (0, Step.REMOVE_MANIFEST, "step 5 (Remove the manifest) waits for step 1 (Stop using Amazon Pay)"),
        (2, Step.STOP_USE, "step 1 (Stop using Amazon Pay) is done already"),
        (1, None, "step 2 (Revoke the API access at Amazon) changes no file"),
        (1, Step.REVOKE_AT_AMAZON, "changes no file"),
    ],
)
def test_a_step_out_of_order_is_refused_with_what_is_next(at, wanted, text):
    refused = refusal(plan_offboarding(STORY[at]), wanted)
    assert refused.code is codes.NOT_OFFBOARDED
    assert text in str(refused.summary)
    assert refused.hint is not None


def test_a_shop_that_left_has_nothing_to_write():
    assert refusal(plan_offboarding(REMOVED), Step.REMOVE_MANIFEST) is None


ATTESTATIONS = st.dictionaries(
    st.sampled_from((AttestedItem.REVOKED_AT_AMAZON, AttestedItem.AUTHORISATIONS_CLOSED)),
    st.tuples(st.sampled_from(("2026-11-01", "2026-11-29")), st.sampled_from((None, "2026-11-10", "2027-01-01"))),
)
AUTHORIZATIONS = st.none() | st.builds(
    ShopAuthorizations,
    open=st.lists(
        st.builds(authorization, st.sampled_from(("2026-11-05T00:00:00Z",)), pending=st.booleans()), max_size=2
    ).map(tuple),
    heard=st.booleans(),
)
WORLDS = st.none() | st.builds(
    observed,
    enabled=st.sampled_from((None, True, False)),
    endpoint=st.sampled_from((None, UNSET, Registration.REGISTERED, Registration.ABSENT)),
    api=st.sampled_from(ApiStatus),
)
MANIFESTS = st.none() | st.builds(
    manifest,
    enabled=st.sampled_from((UNSET, True, False)),
    endpoint=st.sampled_from((UNSET, Registration.REGISTERED, Registration.ABSENT)),
)


@st.composite
def any_facts(draw) -> OffboardingFacts:
    entries = draw(ATTESTATIONS)
    found = {item: attested(item, on=on, expires=end)[item] for item, (on, end) in entries.items()}
    made = OffboardingFacts(
        shop=KYOTO,
        today=TODAY,
        manifest=draw(MANIFESTS),
        observed=draw(WORLDS),
        attestations=found,
        authorizations=draw(AUTHORIZATIONS),
        inbox_unread=draw(st.sampled_from((None, UNREACHABLE))),
    )
    return replace(made, broken=FILE) if made.manifest is None and draw(st.booleans()) else made


def evidence_of(step: OffboardingStep, known: OffboardingFacts) -> bool:
    """What shows by itself that a step was done, read from the facts independently of the rules."""
    holding = {item for item, each in known.attestations.items() if not each.expired(TODAY)}
    live = known.observed
    settings = None if live is None else live.kind(AmazonSettings)
    endpoint = None if live is None else live.kind(IpnEndpoint)
    match step:
        case Step.STOP_USE:
            return settings is not None and settings.enabled is False
        case Step.REVOKE_AT_AMAZON:
            return AttestedItem.REVOKED_AT_AMAZON in holding
        case Step.UNREGISTER_ENDPOINT:
            return endpoint is not None and endpoint.registration is Registration.ABSENT
        case Step.CLOSE_AUTHORISATIONS:
            quiet = known.authorizations is not None and not known.authorizations.open
            return quiet or AttestedItem.AUTHORISATIONS_CLOSED in holding
        case Step.REMOVE_MANIFEST:
            return known.manifest is None and known.broken is None


@given(any_facts())
def test_no_step_is_done_before_an_earlier_one_without_evidence_and_a_warning(known):
    shop = plan_offboarding(known)
    warned = {str(each.summary) for each in order_warnings(shop)}
    early = [each for number, each in enumerate(shop.steps) if _is_early(shop, number)]
    event(f"done early: {len(early)}")
    assert len(warned) == len(early) == sum(each.early for each in shop.steps)
    for each in shop.steps:
        if each.progress is State.DONE:
            assert evidence_of(each.step, known)
            assert each.evidence
        assert bool(each.todo) <= (each is shop.current)


def _is_early(shop: ShopOffboarding, number: int) -> bool:
    before = [each.progress for each in shop.steps[:number]]
    return shop.steps[number].progress is State.DONE and any(each is not State.DONE for each in before)


@given(any_facts())
def test_exactly_one_step_is_next_or_unknown_first_unless_the_shop_left(known):
    shop = plan_offboarding(known)
    nexts = [each for each in shop.steps if each.progress is State.NEXT]
    assert len(nexts) <= 1
    if shop.finished:
        assert not known.has_file
        assert nexts == []
    else:
        assert shop.current.progress in (State.NEXT, State.UNKNOWN)
        assert shop.current.todo
        assert nexts in ([], [shop.current])


@given(any_facts())
def test_only_the_current_step_is_ever_written_and_the_file_is_removed_last(known):
    shop = plan_offboarding(known)
    for wanted in Step:
        if refusal(shop, wanted) is None and not shop.finished:
            assert wanted is shop.current.step
            assert shop.current.writes is not None
    if shop.current is not None and shop.current.writes == "shop":
        assert all(each.progress is State.DONE for each in shop.steps[:-1])
