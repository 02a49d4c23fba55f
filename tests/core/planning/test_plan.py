"""A shop's plan: its steps, its closure, and its prediction."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.model.state import FieldRef, Observed, Unknown
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import FingerprintScope, build_plan, plan_fingerprint
from reconciler.core.planning.ordering import STAGE_DEPENDENCIES, STAGES, Stage, stage_of
from reconciler.core.planning.plan import ClosureBracket, Plan, RequestPace, StepKind
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.values import UNSET, Registration, StorefrontStatus
from tests.core.planning.test_field_diff import look
from tests.support.example_worlds import bare, closing, desired_with, going_live, leaving, live, opening, together
from tests.support.fake_backend import ModelBackend
from tests.support.plan_samples import KEY, OTHER_KEY, digested
from tests.support.strategies import MAILS, SELLERS, World, finding, pairs, shop_plans, worlds

PACE = RequestPace()


def plan_of(desired, shop):
    return plan_shop(desired, look(shop), PACE)


def steps_of(world: World) -> list[str]:
    return [f"{step.action.value} {step.kind}".strip() for step in world.plan().shops[0].steps]


def test_a_shop_goes_live_complete_and_is_closed_for_the_switch_alone():
    assert steps_of(going_live()) == [
        "write amazon_settings",
        "write ipn_endpoint",
        "close storefront_status",
        "write amazon_settings",
        "verify",
        "reopen storefront_status",
        "write amazon_pay_payment",
        "write system_parts",
        "verify",
    ]


def test_a_shop_that_leaves_stops_first_and_revokes_afterwards():
    assert steps_of(leaving()) == [
        "close storefront_status",
        "write amazon_settings",
        "verify",
        "reopen storefront_status",
        "write amazon_pay_payment",
        "write system_parts",
        "write ipn_endpoint",
        "verify",
    ]


def test_a_shop_that_is_to_open_opens_last():
    assert steps_of(opening()) == [
        "write amazon_settings",
        "write amazon_settings",
        "verify",
        "write storefront_status",
        "verify",
    ]


def test_a_shop_that_is_to_close_closes_before_the_switch_and_is_not_reopened():
    assert steps_of(closing()) == ["write storefront_status", "write amazon_settings", "verify"]


def closings(plan) -> list[int]:
    return [index for index, step in enumerate(plan.steps) if step.action in (StepKind.CLOSE, StepKind.REOPEN)]


@given(pairs)
def test_closures_balance_and_hold_what_needs_a_closed_shop(pair):
    desired, seen = pair
    plan = plan_shop(desired, seen, PACE)
    switches = [index for index, step in enumerate(plan.steps) if any(r.spec.policy.while_closed for r in step.refs)]
    ends = [plan.steps[index].action for index in closings(plan)]
    was_open = seen.value(FieldRef("storefront_status", "status")) is StorefrontStatus.OPEN
    wanted_closed = any(change.after is StorefrontStatus.CLOSED for change in plan.changes)
    if was_open and switches and not wanted_closed:
        assert ends == [StepKind.CLOSE, StepKind.REOPEN]
        first, last = closings(plan)
        assert all(first < index < last for index in switches)
        assert (plan.bracket.first, plan.bracket.last) == (first, last)
    else:
        assert ends == []
        assert plan.bracket is None


@given(pairs)
def test_nothing_is_in_a_closure_that_needs_no_closed_shop(pair):
    plan = plan_shop(pair[0], pair[1], PACE)
    if plan.bracket:
        for step in plan.steps[plan.bracket.first + 1 : plan.bracket.last]:
            assert step.action is StepKind.VERIFY or all(ref.spec.policy.while_closed for ref in step.refs)


@given(shop_plans)
def test_steps_write_each_change_once_and_derived_ones_never(plan):
    written = [ref for step in plan.steps for ref in step.refs]
    assert sorted(written) == sorted(change.ref for change in plan.changes if not change.derived)
    assert all(step.refs for step in plan.steps if step.action is StepKind.WRITE)
    assert all({ref.kind for ref in step.refs} <= {step.kind} for step in plan.steps)


@given(shop_plans)
def test_steps_keep_the_order_of_the_stages(plan):
    stages = [
        stage_of(plan.change_at(step.refs[0])) if step.refs else Stage(step.action.value) for step in plan.steps[:-1]
    ]
    for index, stage in enumerate(stages):
        assert not {*stages[index + 1 :]} & all_before(stage)


def all_before(stage: Stage) -> set[Stage]:
    return set(STAGE_DEPENDENCIES[stage]).union(*(all_before(earlier) for earlier in STAGE_DEPENDENCIES[stage]))


def test_each_stage_comes_after_all_that_it_must_follow():
    assert set(STAGES) == set(Stage) == set(STAGE_DEPENDENCIES)
    for stage, earlier in STAGE_DEPENDENCIES.items():
        assert all(STAGES.index(one) < STAGES.index(stage) for one in earlier)


@given(shop_plans)
def test_a_plan_with_steps_ends_with_reading_back(plan):
    assert not plan.steps or plan.steps[-1].action is StepKind.VERIFY
    assert bool(plan.steps) is bool(plan.changes)


@given(shop_plans)
def test_no_change_holds_what_is_not_mentioned(plan):
    assert all(UNSET not in (change.before, change.after) for change in plan.changes)
    assert all(value is not UNSET for _, value in plan.predicted)


@given(pairs)
def test_each_change_is_in_the_prediction_or_decided_by_the_backend_alone(pair):
    plan = plan_shop(pair[0], pair[1], PACE)
    predicted = dict(plan.predicted)
    for change in plan.changes:
        assert predicted[change.ref] == change.after


@given(worlds())
def test_a_plan_holds_every_shop_in_scope_sorted(world):
    plan = world.plan()
    assert [shop.shop for shop in plan.shops] == sorted(wanted.shop for wanted in world.desired)
    assert plan.empty is (plan.changed == ())


@given(worlds(keys=("a", "b", "c")), st.randoms(use_true_random=False))
def test_a_plan_does_not_depend_on_the_order_of_what_goes_in(world, dice):
    """Of shops, of the kinds within a shop, of the entries of a map; on either side."""

    def shuffled(mapping):
        return dict(dice.sample(list(mapping.items()), len(mapping)))

    def otherwise(desired):
        kinds = {
            name: replace(kind, messages=shuffled(kind.messages))
            if isinstance(getattr(kind, "messages", None), Mapping)
            else kind
            for name, kind in shuffled(desired.values).items()
        }
        return replace(desired, values=kinds, origins=shuffled(desired.origins), labels=shuffled(desired.labels))

    seen = {wanted.shop: world.backend.look(wanted.shop) for wanted in world.desired}
    plan = build_plan(plan_shop(wanted, seen[wanted.shop], PACE) for wanted in world.desired)
    desired_states = [otherwise(wanted) for wanted in dice.sample(world.desired, len(world.desired))]
    other = [
        plan_shop(one, replace(seen[one.shop], reads=shuffled(seen[one.shop].reads)), PACE) for one in desired_states
    ]
    assert build_plan(other) == plan
    assert build_plan(other).fingerprint == plan.fingerprint


def test_a_shop_that_could_not_be_read_is_blocked_without_changes_and_says_why_once():
    desired = desired_with(enabled=True)
    plan = plan_shop(desired, Observed.unknown(desired.shop, finding()), PACE)
    assert (plan.changes, plan.steps, plan.blocked) == ((), (), True)
    assert [found.shop for found in plan.findings] == ["a"]


def test_an_unread_shop_does_not_hide_in_an_empty_plan():
    desired = desired_with(enabled=True)
    plan = build_plan([plan_shop(desired, Observed.unknown(desired.shop, finding()), PACE)])
    assert plan.empty
    assert len(plan.all_findings) == 1


@pytest.mark.parametrize(("pace", "seconds"), [(1.0, 3), (0.35, 2), (0.0, 0)])
def test_the_closed_time_is_reckoned_from_the_pace_and_rounded_up(pace, seconds):
    world = leaving()
    plan = plan_shop(world.desired[0], world.backend.look(world.desired[0].shop), RequestPace(seconds_per_request=pace))
    assert plan.bracket == ClosureBracket(first=0, last=3, seconds=seconds)


def test_what_was_planned_from_is_kept_with_its_version_for_all_that_is_written_and_nothing_else():
    plan = plan_of(desired_with(enabled=False, pre_order=False), live())
    assert dict(plan.versions).keys() == {"amazon_settings", "amazon_pay_payment", "storefront_status"}


def test_the_version_of_an_endpoint_list_is_not_known_where_the_seller_changes():
    desired = desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED)
    plan = plan_of(desired, live())
    assert plan.endpoint_target == (SELLERS[1], "https://a.example/ipn")
    assert dict(plan.versions).keys() == {"amazon_settings"}


def test_a_registered_endpoint_is_registered_with_the_new_seller():
    backend = ModelBackend([live()], [(SELLERS[0], "https://a.example/ipn")])
    desired = desired_with(seller_id=SELLERS[1], registration=Registration.REGISTERED)
    plan = plan_shop(desired, backend.look(desired.shop), PACE)
    assert [change.reason for change in plan.written_changes] == [Reason.DECLARED, Reason.SELLER_CHANGED]


def test_a_shop_without_seller_has_no_target():
    assert plan_of(desired_with(pre_order=False), bare()).endpoint_target is None
    assert plan_of(desired_with(pre_order=False), live(site_url=None)).endpoint_target is None


def test_a_derived_field_is_fixed_by_writing_the_switch_again():
    plan = plan_of(desired_with(enabled=True, notification_email=MAILS[1]), live(pay_use=False))
    assert [change.reason for change in plan.changes] == [Reason.REWRITTEN, Reason.DECLARED, Reason.DERIVED]
    assert plan.bracket


def test_a_derived_field_that_is_not_ours_to_fix_is_predicted_to_stay():
    plan = plan_of(desired_with(pre_order=False), live(pay_use=False))
    assert dict(plan.predicted)[FieldRef("amazon_pay_payment", "use")] is False
    assert [found.code for found in plan.findings] == [codes.NOT_FOLLOWED]


@pytest.mark.parametrize(
    ("desired", "shop", "closes"),
    [
        (desired_with(enabled=False), live(), True),
        (desired_with(status=StorefrontStatus.CLOSED), live(), True),
        (desired_with(enabled=False), live(is_open=False), False),
        (desired_with(status=StorefrontStatus.OPEN), live(is_open=False), False),
        (desired_with(pre_order=False), live(), False),
    ],
    ids=["bracket", "declared closed", "closed before", "declared open", "no need"],
)
def test_a_plan_closes_a_shop_for_its_changes_or_because_the_manifest_declares_it_closed(desired, shop, closes):
    assert plan_of(desired, shop).closes_shop is closes


@pytest.mark.parametrize(("shop", "alive"), [(live(), True), (live(is_open=False), False)])
def test_a_plan_knows_whether_shoppers_are_in_the_shop(shop, alive):
    assert plan_of(desired_with(pre_order=False), shop).was_open is alive


def test_a_plan_has_its_diagnostics_sorted_and_each_once():
    plan = together(going_live("b"), going_live("a")).plan()
    twice = replace(plan, findings=(finding(shop=None), finding(shop=None)))
    assert isinstance(twice, Plan)
    assert len(twice.all_findings) == 1


def test_a_shop_is_closed_for_the_requests_between_closing_and_reopening():
    plan = going_live().plan().shops[0]
    kinds = [step.action for step in plan.steps]
    assert plan.bracket is not None
    assert (kinds[plan.bracket.first], kinds[plan.bracket.last]) == (StepKind.CLOSE, StepKind.REOPEN)
    assert plan.bracket.first > 0
    assert plan.bracket.seconds == plan.bracket.last - plan.bracket.first


def test_predictions_come_in_the_order_of_field_names():
    for world in (going_live(), leaving()):
        names = [str(ref) for ref, _ in world.plan().shops[0].predicted]
        assert names == sorted(names)


@pytest.mark.parametrize(("seller", "known"), [(SELLERS[0], True), (SELLERS[1], False)])
def test_the_version_of_an_endpoint_list_is_that_of_the_same_seller_alone(seller, known):
    shop = live(mail=MAILS[0])
    desired = desired_with(seller_id=seller, registration=Registration.REGISTERED)
    plan = World(ModelBackend([shop]), (desired,)).plan().shops[0]
    assert ("ipn_endpoint" in dict(plan.versions)) is known


@pytest.mark.parametrize("unread", [False, True])
def test_a_shop_keeps_its_labels_whether_or_not_it_was_read(unread):
    desired = replace(desired_with(pre_order=True), labels={"wave": "canary"})
    seen = look(bare())
    if unread:
        seen = replace(seen, reads=dict.fromkeys(seen.reads, Unknown(finding())))
    assert plan_shop(desired, seen, PACE).labels == (("wave", "canary"),)


def test_a_plan_keeps_what_concerns_the_run_as_a_whole():
    about = (finding(),)
    plan = build_plan((), findings=about, unchanged_shops=3)
    assert (plan.findings, plan.unchanged_shops) == (about, 3)


def test_a_fingerprint_of_older_versions_covers_the_secret_itself():
    shops = going_live().plan().shops
    one, other = (plan_fingerprint(shops, FingerprintScope.DIGESTS, key) for key in (KEY, OTHER_KEY))
    assert len({build_plan(shops).fingerprint, one, other}) == 3
    assert one == plan_fingerprint(digested(going_live().plan()).shops, FingerprintScope.DIGESTS)


def test_a_fingerprint_depends_on_no_secret_and_no_key():
    plan = going_live().plan()
    assert {build_plan(digested(plan).shops).fingerprint, build_plan(plan.shops).fingerprint} == {plan.fingerprint}
