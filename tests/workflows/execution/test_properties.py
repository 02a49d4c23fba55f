"""Properties of an apply without faults, for any desired and observed values."""

from hypothesis import given

from reconciler.core.model.kinds import kind_named
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.runs.events import Event, PredictionMissed, ShopStarted, ShopVerified, StepDone, StepFailed
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import StorefrontStatus
from tests.support.example_worlds import Memory, applied
from tests.support.strategies import World, worlds


@given(worlds())
def test_after_an_apply_there_is_nothing_left_to_do(world: World):
    applied(world.plan(), world.backend)
    assert not any(shop.changes for shop in world.plan().shops if not shop.blocked)


@given(worlds())
def test_a_shop_that_nothing_stops_is_applied_or_had_nothing_to_do(world: World):
    plan = world.plan()
    report = applied(plan, world.backend)
    for shop, reported in zip(plan.shops, report.shops, strict=True):
        if shop.blocked:
            assert reported.outcome in (ShopOutcome.REFUSED, ShopOutcome.SKIPPED)
        else:
            assert reported.outcome is (ShopOutcome.APPLIED if shop.steps else ShopOutcome.UNCHANGED)


@given(worlds())
def test_applying_twice_changes_nothing(world: World):
    applied(world.plan(), world.backend)
    before = {key: world.backend.look(key) for key in world.backend.state}
    writes = len(world.backend.asked)
    applied(world.plan(), world.backend)
    assert {key: world.backend.look(key) for key in world.backend.state} == before
    assert len(world.backend.asked) == writes


@given(worlds())
def test_a_shop_ends_open_or_closed_as_it_was_or_as_declared(world: World):
    was = {key: shop.is_open for key, shop in world.backend.state.items()}
    plan = world.plan()
    applied(plan, world.backend)
    for desired, shop in zip(world.desired, plan.shops, strict=True):
        storefront = desired.values.get("storefront_status")
        declared = isinstance(getattr(storefront, "status", None), StorefrontStatus) and not shop.blocked
        end = storefront.status is StorefrontStatus.OPEN if declared else was[desired.shop]
        assert world.backend.state[desired.shop].is_open is end


@given(worlds())
def test_a_blocked_shop_is_left_alone(world: World):
    plan = world.plan()
    before = {shop.shop: world.backend.state[shop.shop].seen(()) for shop in plan.shops if shop.blocked}
    applied(plan, world.backend)
    assert {key: world.backend.state[key].seen(()) for key in before} == before


@given(worlds())
def test_what_was_predicted_is_what_is_read_back(world: World):
    plan = world.plan()
    report = applied(plan, world.backend)
    assert not any(shop.missed for shop in report.shops)
    for shop in plan.shops:
        seen = world.backend.look(shop.shop)
        for ref, value in () if shop.blocked else shop.predicted:
            assert values_equal(ref.spec.policy.compare, value, seen.value(ref)), ref


@given(worlds())
def test_every_change_the_plan_shows_has_taken_place_and_no_other(world: World):
    plan = world.plan()
    before = {shop.shop: world.backend.look(shop.shop) for shop in plan.shops}
    applied(plan, world.backend)
    for shop in plan.shops:
        after = world.backend.look(shop.shop)
        planned = set() if shop.blocked else {change.ref for change in shop.changes}
        moved = set()
        for kind in ("amazon_settings", "amazon_pay_payment", "system_parts", "storefront_status"):
            from_, to = before[shop.shop].reads[kind].value, after.reads[kind].value
            moved |= {
                (kind, spec.name)
                for spec in kind_named(kind).fields
                if getattr(from_, spec.name) != getattr(to, spec.name)
            }
        assert moved - {("amazon_settings", "api_status")} <= {(ref.kind, ref.field) for ref in planned}


@given(worlds())
def test_only_what_a_step_names_is_written(world: World):
    plan = world.plan()
    applied(plan, world.backend)
    planned = {(shop.shop, str(change.ref)) for shop in plan.shops for change in shop.written_changes}
    for write in world.backend.done:
        for name, value in write.values.items():
            if write.kind == "storefront_status" or (name in ("seller_id", "url") and write.kind == "ipn_endpoint"):
                continue
            for entry in value if isinstance(value, dict) else [None]:
                ref = f"{write.kind}.{name}" + (f".{entry}" if entry else "")
                assert (write.shop, ref) in planned


@given(worlds())
def test_the_journal_knows_of_each_write_before_it_leaves(world: World):
    seen: list[str] = []

    class Watched(Memory):
        async def record(self, event: Event) -> None:
            await super().record(event)
            if hasattr(event, "key"):
                seen.append(event.key)
                assert event.key not in {write.key for write in world.backend.asked}

    applied(world.plan(), world.backend, Watched())
    assert {write.key for write in world.backend.asked} == set(seen)


@given(worlds())
def test_only_what_can_be_found_out_again_waits_to_be_kept(world: World):
    """A shop's next intent, or its end, takes it along; of a shop that is closed for its changes nothing waits."""
    plan = world.plan()
    bracketed = {shop.shop for shop in plan.shops if shop.bracket}

    class Watched(Memory):
        async def record_lazily(self, event: Event) -> None:
            await super().record_lazily(event)
            assert isinstance(event, ShopStarted | StepDone | StepFailed | PredictionMissed | ShopVerified)
            assert event.shop not in bracketed

    applied(plan, world.backend, Watched())
