"""Plans of pull requests, deferred applies with their next window, and proposals."""

from datetime import datetime

from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports.ci.reviews import DeferredApply, PullRequestKey, ReviewedPlan
from reconciler.ports.findings.heals import Proposal
from reconciler.workflows.overview.reviews import review_overview
from tests.workflows.overview.recorded_fleet import DAY, FLEET, NOW

WINDOW = (2 * 60, 5 * 60)


def request(number: int, fleet: str = FLEET) -> PullRequestKey:
    return PullRequestKey(fleet=fleet, place="github:kyoto/shops", number=number)


def plan(number: int, head: str, days: int, *shops: str, fleet: str = FLEET) -> ReviewedPlan:
    return ReviewedPlan(
        request=request(number, fleet),
        head=head,
        base="base",
        fingerprint="sha256:00",
        leaves=tuple(ShopLeaf(shop=ShopKey(shop), digest="sha256:11") for shop in shops),
        created=NOW - days * DAY,
    )


def deferred(shop: str, *, expires: datetime = NOW + DAY) -> DeferredApply:
    return DeferredApply(
        request=request(7),
        shop=ShopKey(shop),
        head="head-7",
        leaf="sha256:11",
        approved=NOW - DAY,
        expires=expires,
        since=NOW - DAY,
    )


def write_manifest(fleet, shop: str, maintenance: str) -> None:
    text = f"apiVersion: reconciler/v1\nshop: {shop}\nmaintenance: {maintenance}\n"
    (fleet.folder / "shops" / f"{shop}.yaml").write_text(text)


def test_the_latest_plan_of_each_pull_request(fleet):
    for each in (plan(7, "a", 3, "kyoto-tea"), plan(7, "b", 1, "kyoto-tea", "nara-ink"), plan(9, "c", 2, "uji-cups")):
        fleet.reviews.save_plan(each)
    fleet.reviews.save_plan(plan(8, "d", 0, fleet="another-fleet"))
    first, second = review_overview(fleet.session, fleet.stores).plans
    assert (first.number, first.head, first.earlier, first.place) == (7, "b", 1, "github:kyoto/shops")
    assert [leaf.shop for leaf in first.leaves] == ["kyoto-tea", "nara-ink"]
    assert (second.number, second.head, second.earlier, second.created) == (9, "c", 0, format_utc(NOW - 2 * DAY))


def test_deferred_applies_with_the_next_window_of_their_manifest(fleet):
    """It is 12:00 in Tokyo."""
    write_manifest(fleet, "kyoto-tea", '{window: "02:00-05:00", close_shop: allow}')
    write_manifest(fleet, "nara-ink", '{window: "11:00-13:30", close_shop: allow}')
    write_manifest(fleet, "uji-cups", "{close_shop: allow}")
    waiting = [deferred(shop) for shop in ("kyoto-tea", "nara-ink", "uji-cups")]
    fleet.reviews.defer([*waiting, deferred("gone-shop"), deferred("old-shop", expires=NOW - DAY)])
    fleet.reviews.drop(FLEET, [ShopKey("uji-cups")], NOW, "mori")
    lines = {line.shop: line for line in review_overview(fleet.session, fleet.stores).deferred}
    assert {shop: line.state.key for shop, line in lines.items()} == {
        "gone-shop": "deferred",
        "kyoto-tea": "deferred",
        "nara-ink": "deferred",
        "old-shop": "expired",
        "uji-cups": "dropped",
    }
    kyoto, nara = lines["kyoto-tea"].window, lines["nara-ink"].window
    assert (kyoto.opens, kyoto.closes) == ("2026-06-30T17:00:00Z", "2026-06-30T20:00:00Z")
    assert (nara.opens, nara.closes) == (None, "2026-06-30T04:30:00Z")
    assert [lines[shop].any_time for shop in ("uji-cups", "gone-shop", "kyoto-tea")] == [True, False, False]
    assert (lines["uji-cups"].dropped_by, lines["gone-shop"].window) == ("mori", None)


def test_what_healing_proposes(fleet):
    made = Proposal(
        shop=ShopKey("kyoto-tea"),
        file=".reconciler/proposals/kyoto-tea.json",
        fingerprint="sha256:00",
        rule="texts",
        at=format_utc(NOW),
        findings={"f-1": "00ff"},
    )
    fleet.heals.propose(FLEET, made, ())
    (line,) = review_overview(fleet.session, fleet.stores).proposals
    assert (line.shop, line.file, line.rule, line.findings) == (made.shop, made.file, "texts", ("f-1",))
