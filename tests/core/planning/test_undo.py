"""The undo plan: what it restores, what it cannot, and that it is a plan like any other."""

import json
from dataclasses import replace

import pytest
from hypothesis import assume, currently_in_test_context, given

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.documents.saved_plan import encode_plan, verify_plan
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.cascade import apply_changes
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace, ShopPlan, StepKind
from reconciler.core.planning.rebase import rebase
from reconciler.core.planning.undo import undo_plan
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ABSENT, Registration, ShopKey, StorefrontStatus
from tests.support.example_worlds import (
    applied,
    bare,
    closing,
    desired_with,
    going_live,
    leaving,
    live,
    opening,
    site_url,
)
from tests.support.fake_backend import ModelBackend
from tests.support.plan_samples import ENABLED, ENDPOINT, KEY, SELLER, TOKEN, digested, of, unhindered
from tests.support.strategies import CLIENTS, MAILS, SELLERS, TOKENS, World, secret, worlds

PACE = RequestPace()
A = ShopKey("a")
ONE = worlds(keys=("a",)).map(unhindered)
STATUS = FieldRef("storefront_status", "status")


def plan_of(world: World) -> ShopPlan:
    return world.plan().shops[0]


def run(plan: ShopPlan, backend: ModelBackend) -> ShopOutcome:
    return applied(build_plan([plan]), backend).shops[0].outcome


CLIENT = FieldRef("amazon_settings", "client_id")


def comes_back(change: Change, plan: ShopPlan) -> bool:
    moved = {SELLER, TOKEN} <= {each.ref for each in plan.written_changes}
    if moved and (change.ref in (SELLER, CLIENT) or change.reason is Reason.SELLER_CHANGED):
        return False
    return change.before is not ABSENT and change.ref != TOKEN and change.reason is not Reason.REWRITTEN


def require(condition: bool) -> None:
    """Of an example, and of a law's world."""
    if currently_in_test_context():
        assume(condition)
    assert condition


def undone(world: World) -> tuple[ShopPlan, ShopPlan]:
    """The plan of a world in which it was applied, and its inverse held against that world."""
    plan, before = plan_of(world), world.backend.look(A)
    assert not plan.blocked
    inverse = undo_plan(plan, before, PACE)
    require(run(plan, world.backend) in (ShopOutcome.APPLIED, ShopOutcome.UNCHANGED))
    rebased = rebase(inverse, world.backend.look(A), PACE)
    assert isinstance(rebased, ShopPlan), rebased
    return plan, rebased


@given(ONE)
def test_what_can_be_brought_back_is(world):
    before, urls = world.backend.look(A), {seller: set(urls) for seller, urls in world.backend.urls.items()}
    plan, inverse = undone(world)
    report = applied(build_plan([inverse]), world.backend)
    # A shop may have been in a state that the backend would not let it into (not entitled, say).
    assume(report.shops[0].outcome in (ShopOutcome.APPLIED, ShopOutcome.UNCHANGED, ShopOutcome.MISSED))
    assert not report.shops[0].missed
    after = world.backend.look(A)
    for change in plan.written_changes:
        if comes_back(change, plan) and change.ref != ENDPOINT:
            assert after.value(change.ref) == before.value(change.ref), change.ref
    if any(change.ref == ENDPOINT and comes_back(change, plan) for change in plan.written_changes):
        seller, url = plan.endpoint_target
        assert (url in world.backend.urls.get(seller, ())) is (url in urls.get(seller, ()))


@given(ONE)
def test_the_rest_is_named_and_holds_nothing(world):
    plan = plan_of(world)
    inverse = undo_plan(plan, world.backend.look(A), PACE)
    lost = [change for change in plan.written_changes if not comes_back(change, plan)]
    assert {change.ref for change in inverse.written_changes} == {
        change.ref for change in plan.written_changes if comes_back(change, plan)
    }
    assert {finding.subject for finding in inverse.findings} == {change.ref.manifest_path for change in lost}
    assert {finding.code for finding in inverse.findings} <= {codes.NOT_INVERTIBLE}
    assert all(finding.severity is Severity.WARNING and finding.shop == A for finding in inverse.findings)
    assert not inverse.blocked


@given(ONE)
def test_undone_twice_is_done_again(world):
    before = world.backend.look(A)
    plan = plan_of(world)
    inverse = undo_plan(plan, before, PACE)
    again = undo_plan(inverse, apply_changes(before, plan.changes), PACE)
    done = {c.ref: (c.before, c.after) for c in plan.written_changes if comes_back(c, plan)}
    assert {c.ref: (c.before, c.after) for c in again.written_changes} == done
    assert {change.reason for change in again.written_changes} <= {Reason.UNDONE}
    assert again.findings == ()


@given(ONE)
def test_undone_twice_is_as_it_was_applied(world):
    before = world.backend.look(A)
    plan, inverse = undone(world)
    applied_state = world.backend.look(A)
    again = undo_plan(undo_plan(plan, before, PACE), apply_changes(before, plan.changes), PACE)
    assume(run(inverse, world.backend) in (ShopOutcome.APPLIED, ShopOutcome.UNCHANGED))
    rebased = rebase(again, world.backend.look(A), PACE)
    assert isinstance(rebased, ShopPlan)
    assert run(rebased, world.backend) in (ShopOutcome.APPLIED, ShopOutcome.UNCHANGED)
    for change in plan.written_changes:
        assert world.backend.look(A).value(change.ref) == applied_state.value(change.ref), change.ref


@given(ONE)
def test_where_the_plan_was_never_applied_there_is_nothing_to_undo(world):
    plan, before = plan_of(world), world.backend.look(A)
    assert not plan.blocked
    rebased = rebase(undo_plan(plan, before, PACE), before, PACE)
    other_seller = {SELLER, ENDPOINT} <= {change.ref for change in plan.written_changes}
    if not other_seller:  # it is unknown whether an unread endpoint is registered
        assert isinstance(rebased, ShopPlan)
        assert rebased.steps == ()


@given(ONE)
def test_it_is_saved_like_any_plan(world):
    plan = build_plan([undo_plan(plan_of(world), world.backend.look(A), PACE)])
    assert verify_plan(json.loads(encode_plan(of(plan), KEY)), KEY).plan == digested(plan)


@given(ONE)
def test_it_knows_no_versions_since_each_write_makes_new_ones(world):
    assert undo_plan(plan_of(world), world.backend.look(A), PACE).versions == ()


def test_a_field_that_was_edited_since_is_not_overwritten():
    world = World(ModelBackend([live()]), (desired_with(notification_email=MAILS[1]),))
    inverse = undo_plan(plan_of(world), world.backend.look(A), PACE)
    applied(world.plan(), world.backend)
    world.backend.state[A].mail = "somebody@else.example"
    (moved,) = rebase(inverse, world.backend.look(A), PACE)
    assert (moved.planned, moved.now, moved.wanted) == (MAILS[1], "somebody@else.example", MAILS[0])


def test_a_shop_that_left_comes_back_in_a_bracket():
    _, inverse = undone(leaving())
    assert [step.action for step in inverse.steps].count(StepKind.CLOSE) == 1
    assert inverse.bracket is not None
    assert inverse.maintenance.close_shop


@pytest.mark.parametrize(("make", "end"), [(opening, StorefrontStatus.CLOSED), (closing, StorefrontStatus.OPEN)])
def test_a_shop_that_was_opened_or_closed_permanently_is_restored(make, end):
    world = make()
    _, inverse = undone(world)
    assert inverse.change_at(STATUS).after is end
    assert inverse.bracket is None
    run(inverse, world.backend)
    assert world.backend.look(A).value(STATUS) is end


def why_not(world: World) -> list[str]:
    return [str(finding.summary) for finding in undo_plan(plan_of(world), world.backend.look(A), PACE).findings]


def test_a_former_token_cannot_be_restored_since_it_cannot_be_read():
    rotated = World(ModelBackend([live()]), (desired_with(mws_auth_token=secret(TOKENS[1])),))
    (reported,) = why_not(rotated)
    assert "MWSAuthToken" in reported
    assert "cannot be restored: the former value" in reported


def test_an_empty_value_is_shown_as_such_also_if_it_is_a_secret_now():
    reported = why_not(going_live())
    assert len([text for text in reported if "it was empty" in text]) == len(reported) > 4


def test_a_switch_that_was_written_again_is_not_written_once_more():
    world = World(ModelBackend([live(pay_use=False)]), (desired_with(enabled=True),))
    inverse = undo_plan(plan_of(world), world.backend.look(A), PACE)
    assert inverse.steps == ()
    assert [finding.subject for finding in inverse.findings] == [ENABLED.manifest_path]


def test_with_the_former_seller_its_endpoint_is_there_again():
    wanted = desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED)
    world = World(ModelBackend([live(token=None)], [(SELLERS[0], site_url("a"))]), (wanted,))
    plan, inverse = undone(world)
    assert plan.change_at(ENDPOINT).reason is Reason.SELLER_CHANGED
    assert dict(inverse.predicted)[ENDPOINT] is Registration.REGISTERED
    assert run(inverse, world.backend) is ShopOutcome.APPLIED
    assert world.backend.urls == {SELLERS[0]: {site_url("a")}, SELLERS[1]: set()}


def test_a_seller_stays_with_the_token_that_came_with_it():
    wanted = desired_with(
        seller_id=SELLERS[1],
        client_id=CLIENTS[1],
        mws_auth_token=secret(TOKENS[1]),
        notification_email=MAILS[1],
        registration=Registration.REGISTERED,
    )
    world = World(ModelBackend([live()], [(SELLERS[0], site_url("a"))]), (wanted,))
    _, inverse = undone(world)
    assert {str(change.ref) for change in inverse.changes} == {"amazon_settings.notification_email"}
    assert {finding.subject for finding in inverse.findings} == {
        "amazon.api.seller_id",
        "amazon.api.client_id",
        "amazon.api.mws_auth_token",
        "seller_central.ipn_endpoint",
    }


def test_an_empty_plan_has_an_empty_inverse():
    world = World(ModelBackend([bare()]), (desired_with(pre_order=False),))
    inverse = undo_plan(plan_of(world), world.backend.look(A), PACE)
    assert (inverse.changes, inverse.steps, inverse.findings) == ((), (), ())
    assert inverse == replace(inverse, predicted=(), versions=())


def test_a_change_that_is_undone_follows_nothing():
    wanted = desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED)
    world = World(ModelBackend([live(token=None)], [(SELLERS[0], site_url("a"))]), (wanted,))
    plan = plan_of(world)
    assert plan.change_at(ENDPOINT).caused_by == SELLER
    back = undo_plan(plan, world.backend.look(A), PACE)
    assert back.change_at(ENDPOINT).caused_by is None
