"""All that planning reports, word for word and with its place: the snapshots are what a reader sees of each diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.state import FieldRef, MaintenancePolicy, Unknown
from reconciler.core.planning.failure_limit import FailureCounts, FailureLimit, limit_exceeded
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import GuardContext, Limits, apply_guards
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan
from reconciler.core.planning.plan_secrets import attach_secrets, secret_refs
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.planning.undo import undo_plan
from reconciler.core.planning.waves import InvalidWaveSpec, parse_waves
from reconciler.core.values import PRE_SET, ApiStatus, CommerceCreator, Origin, Registration, SecretDigest, ShopKey
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import bare, desired_with, going_live, live
from tests.support.plan_samples import KEY, TOKEN, digested
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, World, origin_at, secret

PACE = RequestPace()
MAIL = FieldRef("amazon_settings", "notification_email")


def described(diagnostics: Iterable[Diagnostic]) -> list[dict[str, str | None]]:
    """Each with all its fields as text."""
    return [
        {
            "code": found.code.slug,
            "severity": found.severity.name,
            "summary": str(found.summary),
            "expected": str(found.expected) if found.expected else None,
            "hint": str(found.hint) if found.hint else None,
            "place": f"{found.shop} {found.subject} {found.origin}",
        }
        for found in diagnostics
    ]


def guarded(*pairs, limits: Limits = Limits(), now: int = 725) -> Plan:  # noqa: B008  # a frozen value
    plan = build_plan(plan_shop(desired, look(shop), PACE) for desired, shop in pairs)
    return apply_guards(plan, GuardContext(limits=limits, minutes={"Asia/Tokyo": now}))


def shop_of(world: World) -> ShopPlan:
    return world.plan().shops[0]


@pytest.mark.parametrize(
    ("desired", "shop"),
    [
        (desired_with(enabled=True, maintenance=MaintenancePolicy(close_shop=False)), live(use_amazon=False)),
        (
            desired_with(enabled=True, maintenance=MaintenancePolicy(close_shop=True, window=(60, 300))),
            live(use_amazon=False),
        ),
        (desired_with(enabled=False), live()),
    ],
    ids=["closing-denied", "outside-window", "turning-off"],
)
def test_a_guard_on_a_shop(desired, shop, snapshot):
    assert described(guarded((desired, shop)).shops[0].findings) == snapshot


def test_the_guards_on_a_fleet(snapshot):
    limits = Limits(fleet_share=30, fleet_from=2, closed_at_once=1)
    plan = guarded(
        *((desired_with(key, enabled=True), live(key, use_amazon=False)) for key in ("a", "b")), limits=limits
    )
    assert described(plan.findings) == snapshot


LINES = {
    place: origin_at(line)
    for line, place in enumerate(
        (
            "amazon.enabled",
            "amazon.api.seller_id",
            "amazon.api.mws_auth_token",
            "payment.amazon_pay.pre_order",
            "payment.amazon_pay.subscription",
            "seller_central.ipn_endpoint",
        ),
        start=11,
    )
}


@pytest.mark.parametrize(
    ("desired", "shop"),
    [
        (desired_with(enabled=True), bare()),
        (desired_with(registration=Registration.REGISTERED), bare(site_url=None)),
        (desired_with(registration=Registration.REGISTERED, pre_order=True), bare()),
        (desired_with(pre_order=False, messages={"no_such_area.deep.label": "Amazon"}), live()),
        (desired_with(pre_order=False), live(api_status=ApiStatus.ERROR)),
        (desired_with(pre_order=False), live(pay_use=False)),
        (desired_with(enabled=True), live(use_amazon=False, option=False, contract=False)),
        (desired_with(pre_order=True), bare(creator=CommerceCreator.DISABLED)),
        (desired_with(subscription=True), bare(creator=CommerceCreator.ENABLED)),
        (desired_with(subscription=True), bare(applications=False)),
        (desired_with(mws_auth_token=secret(TOKENS[0])), live(token=PRE_SET)),
        (desired_with(mws_auth_token=PRE_SET), live()),
    ],
    ids=[
        "nothing-set",
        "no-seller-and-no-url",
        "no-seller",
        "unknown-part",
        "api-error",
        "not-followed",
        "no-option-and-no-contract",
        "no-commerce-creator",
        "creator-not-running",
        "no-applications",
        "token-pre-set",
        "token-not-pre-set",
    ],
)
def test_a_rule_of_a_shop(desired, shop, snapshot):
    assert described(plan_shop(replace(desired, origins=LINES), look(shop), PACE).findings) == snapshot


def test_a_halted_run(snapshot):
    counts = FailureCounts(started=40, failed=3, missed=2, unhealthy=1, left_closed=2)
    assert described(limit_exceeded(counts, FailureLimit(number=5))) == snapshot


@pytest.mark.parametrize(("failed", "halted"), [(1, False), (2, True)])
def test_a_share_that_may_fail_is_rounded_down(failed, halted):
    limit = FailureLimit(number=10, percent=True)
    found = list(limit_exceeded(FailureCounts(started=19, failed=failed), limit))
    assert bool(found) is halted
    assert [str(one.expected) for one in found] == ["at most 1 of these in total"] * halted


@pytest.mark.parametrize(
    "words",
    ["50%,50%,100%", "canary,canary,100%", "100%,canary", "canary,50%", ",100%", "a=b=,=c", "=c", "0%", "x%", "101%"],
)
def test_words_that_are_no_waves(words, snapshot):
    with pytest.raises(InvalidWaveSpec) as caught:
        parse_waves(words)
    assert str(caught.value) == str(caught.value.text) == snapshot


def test_what_cannot_be_undone(snapshot):
    world = going_live()
    assert described(undo_plan(shop_of(world), world.backend.look(ShopKey("a")), PACE).findings) == snapshot


@pytest.mark.parametrize(
    "shop",
    [live(token=TOKENS[1]), live(use_amazon=True, pay_use=False), live(mail=TOKENS[0])],
    ids=["secret", "written-again", "credential-in-another-field"],
)
def test_a_value_that_cannot_be_brought_back(shop, snapshot):
    desired = desired_with(enabled=True, mws_auth_token=secret(TOKENS[0]), notification_email=MAILS[1])
    plan = plan_shop(desired, look(shop), PACE)
    assert described(undo_plan(plan, look(shop), PACE).findings) == snapshot


def test_a_secret_that_was_not_found_or_is_another(snapshot):
    plan = digested(going_live().plan()).shops[0]
    (ref,) = secret_refs(plan)
    assert {
        "missing": described(attach_secrets(plan, {}, KEY).findings),
        "another": described(attach_secrets(plan, {ref: secret(TOKENS[1])}, KEY).findings),
        "nameless": described(attach_secrets(nameless(plan), {}, KEY).findings),
        "another key": described(attach_secrets(plan, {ref: secret(TOKENS[0])}, DigestKey(bytes(32))).findings),
    } == snapshot


def nameless(plan: ShopPlan) -> ShopPlan:
    """The same plan with a digest that names no reference."""
    change = replace(plan.change_at(TOKEN), after=SecretDigest(None, "0"))
    return replace(plan, changes=(change,))


def test_a_prediction_of_what_the_plan_does_not_write_stays():
    digest = SecretDigest("ref+env://TOKEN", "0")
    plan = digested(going_live().plan()).shops[0]
    for shop in (replace(plan, predicted=((MAIL, "other"),)), replace(plan, changes=(), predicted=((TOKEN, digest),))):
        (ref,) = secret_refs(plan)
        assert attach_secrets(shop, {ref: secret(TOKENS[0])}, KEY).predicted == shop.predicted


def test_a_secret_that_is_the_same_takes_the_place_of_its_digest():
    world = going_live()
    plan = digested(world.plan()).shops[0]
    (ref,) = secret_refs(plan)
    assert attach_secrets(plan, {ref: secret(TOKENS[0])}, KEY) == shop_of(world)


def test_changes_that_no_line_declares_come_from_the_line_they_follow():
    """A switch that is written again, and an endpoint that moves to a new seller."""
    lines = {"amazon.enabled": origin_at(7), "seller_central.ipn_endpoint": origin_at(9)}
    desired = desired_with(
        enabled=True, seller_id=SELLERS[1], client_id=CLIENTS[0], registration=Registration.REGISTERED
    )
    desired = replace(desired, origins=lines)
    world = World(live_backend(pay_use=False), (desired,))
    found = {str(change.ref): change.origin for change in shop_of(world).written_changes}
    assert found["amazon_settings.enabled"] == origin_at(7)
    assert found["ipn_endpoint.registration"] == origin_at(9)


def live_backend(**state):
    backend = going_live().backend
    return type(backend)([live(**state)], [(SELLERS[0], live().site_url)])


def test_a_fingerprint_covers_fields_steps_and_reasons_and_nothing_else(snapshot):
    shop = shop_of(going_live())
    plans = [build_plan([shop], unchanged_shops=1), build_plan([replace(shop, versions=(), predicted=(), findings=())])]
    assert {plan.fingerprint for plan in plans} == {build_plan([shop]).fingerprint}
    assert build_plan([shop]).fingerprint == snapshot


@pytest.mark.parametrize(
    ("code", "origin", "place"),
    [
        (codes.SHOP_UNKNOWN, None, Origin("shops/a.yaml", 1, 3)),
        (codes.SHOP_UNKNOWN, origin_at(5), origin_at(5)),
        (codes.UNREACHABLE, None, None),
        (codes.UNREACHABLE, origin_at(5), origin_at(5)),
    ],
)
def test_a_shop_that_the_backend_does_not_know_is_looked_for_in_its_manifest(code, origin, place):
    seen = look(bare())
    failed = Unknown(diagnostic(code, msg("for the test"), origin=origin))
    plan = plan_shop(desired_with(pre_order=True), replace(seen, reads=dict.fromkeys(seen.reads, failed)), PACE)
    assert {(found.shop, found.origin) for found in plan.findings} == {("a", place)}
    assert (plan.shop, plan.origin, plan.changes) == ("a", origin_at(1, "shops/a.yaml"), ())
