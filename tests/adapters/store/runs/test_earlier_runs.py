"""What runs were to do in a shop since a time, and how much of it came about."""

from datetime import timedelta

from reconciler.adapters.store.runs.history import StoreHistory
from reconciler.adapters.store.runs.journal import StoreJournal
from reconciler.core.runs.events import ShopFinished, ShopStarted, StepDone
from tests.adapters.store.fakes import CLOSE, KEY, LAST, OTHER, SHOP, START, TOKEN, ManualClock, info, plan, tell

PLAN = plan(SHOP, OTHER)
SETTINGS = {f"amazon_settings.{name}" for name in ("client_id", "mws_auth_token", "notification_email", "seller_id")}
"""Of the first step."""


def ran(store, run, hours, *steps, shop=SHOP, of=PLAN):
    clock = ManualClock()
    clock.move(hours * 3600)
    journal = StoreJournal(store, info(run, started=clock.now()), of, clock, KEY)
    tell(
        journal, [ShopStarted(shop=shop), *(StepDone(shop=shop, step=step) for step in steps), ShopFinished(shop=shop)]
    )


def earlier(store, hours=0, shops=(SHOP,)):
    return StoreHistory(store, ManualClock()).earlier_runs(shops, START + timedelta(hours=hours))


def test_a_run_has_the_leaf_of_its_plan_whatever_became_of_it(store):
    ran(store, "run-1", 1, 0)
    (found,) = earlier(store)
    assert (found.run, found.started) == ("run-1", "2026-04-01T04:00:00Z")
    assert found.leaf == next(leaf.digest for leaf in PLAN.leaves if leaf.shop == SHOP)
    assert (set(found.applied), found.wrote, found.complete, found.closes) == (SETTINGS, SETTINGS, False, True)


def test_no_secret_and_no_digest_of_one_is_returned(store):
    ran(store, "run-1", 1, 0)
    (found,) = earlier(store)
    shown = {"sensitive": True, "source": "ref+env://TOKEN"}
    assert found.applied["amazon_settings.mws_auth_token"] == shown
    assert TOKEN not in repr(found)
    assert KEY.digest(TOKEN) not in repr(found)


def test_what_a_later_run_did_counts_for_an_earlier_one_and_not_the_other_way(store):
    ran(store, "run-1", 1, 0)
    ran(store, "run-2", 2, CLOSE)
    ran(store, "run-3", 3, *range(LAST + 1))
    first, second, third = earlier(store)
    assert [each.complete for each in (first, second, third)] == [True, True, True]
    ran(store, "run-4", 4, CLOSE)
    fourth = earlier(store)[-1]
    assert (fourth.complete, fourth.wrote, dict(fourth.applied)) == (False, frozenset(), {})


def test_runs_before_the_time_and_in_other_shops_are_not_returned(store):
    ran(store, "run-1", 1, 0)
    ran(store, "run-2", 3, 0, shop=OTHER)
    ran(store, "run-3", 4, 0)
    assert [each.run for each in earlier(store, 2)] == ["run-3"]
    assert [each.run for each in earlier(store, 2, (OTHER, SHOP))] == ["run-2", "run-3"]
    assert earlier(store, 5) == []
