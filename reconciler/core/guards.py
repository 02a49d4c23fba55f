"""Guards: rules over a whole plan that hold it until a person allows it by name.

In: a plan, the limits, what was allowed, the local time of day in each zone. Out: the plan with the guards' findings in
it. A guard on one shop holds that shop; a guard on the fleet holds the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from reconciler.core import codes
from reconciler.core.cascade import SWITCH
from reconciler.core.diagnostics import Code, Diagnostic, found, in_order
from reconciler.core.plan import Plan, ShopPlan
from reconciler.core.texts import say
from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`fleet_share` in percent of the shops in scope, once at least `fleet_from` are; `closed_at_once` shops of one run."""

    fleet_share: int = 30
    fleet_from: int = 10
    closed_at_once: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What was allowed on the command line: slugs of codes, each for the shops that match a glob."""

    grants: tuple[tuple[str, str], ...] = ()

    def covers(self, code: Code, shop: ShopKey | None) -> bool:
        return any(slug == code.slug and (shop is None or fnmatchcase(shop, glob)) for slug, glob in self.grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What guards are held against. `minutes` is the time of day by time zone, for the zones that shops name."""

    limits: Limits = field(default_factory=Limits)
    allowed: Allowed = field(default_factory=Allowed)
    minutes: Mapping[str, int] = field(default_factory=dict)


def guard(plan: Plan, watch: Watch) -> Plan:
    """The plan with what the guards found, less what was allowed."""
    shops = tuple(
        replace(shop, findings=in_order((*shop.findings, *_not_allowed(_over_shop(shop, watch), watch))))
        for shop in plan.shops
    )
    held = tuple(_not_allowed(_over_fleet(plan, watch.limits), watch))
    return replace(plan, shops=shops, findings=in_order((*plan.findings, *held)))


def _not_allowed(findings: Iterator[Diagnostic], watch: Watch) -> Iterator[Diagnostic]:
    return (finding for finding in findings if not watch.allowed.covers(finding.code, finding.shop))


def _over_shop(shop: ShopPlan, watch: Watch) -> Iterator[Diagnostic]:
    yield from _closing(shop)
    outside = outside_window(shop, watch.minutes)
    yield from () if outside is None else (outside,)
    yield from _turning_off(shop)


def _closing(shop: ShopPlan) -> Iterator[Diagnostic]:
    if shop.bracket and not shop.maintenance.close_shop:
        yield found(
            codes.CLOSING_DENIED,
            say("利用設定 changes only while the shop is closed (要閉店), and the manifest does not allow closing it"),
            way_on=say("Set maintenance.close_shop to allow, or apply while the shop is closed"),
            shop=shop.shop,
            subject="maintenance.close_shop",
            origin=shop.origin,
        )


def outside_window(shop: ShopPlan, minutes: Mapping[str, int]) -> Diagnostic | None:
    """None where the shop may be closed at that time of day, or is not to be."""
    window, zone = shop.maintenance.window, shop.maintenance.time_zone
    if shop.bracket is None or window is None or within(window, minutes[zone]):
        return None
    return found(
        codes.OUTSIDE_WINDOW,
        say(
            "It is {now} in {zone}, and the shop may be closed from {opens} until {closes} only",
            now=clock_face(minutes[zone]),
            zone=zone,
            opens=clock_face(window[0]),
            closes=clock_face(window[1]),
        ),
        way_on=say(
            "Apply after {opens}, or allow it now with --allow outside-window:{shop}",
            opens=clock_face(window[0]),
            shop=shop.shop,
        ),
        shop=shop.shop,
        subject="maintenance.window",
        origin=shop.origin,
    )


def _turning_off(shop: ShopPlan) -> Iterator[Diagnostic]:
    for change in shop.written:
        if change.ref == SWITCH and change.before is True and change.after is False and shop.live:
            yield found(
                codes.TURNING_OFF,
                say("利用設定 is on and the shop is open: turning it off takes Amazon Pay away from its shoppers"),
                way_on=say("Allow it with --allow turning-off:{shop}", shop=shop.shop),
                shop=shop.shop,
                subject=SWITCH.declared,
                origin=change.origin,
            )


def _over_fleet(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    scope, changed = len(plan.shops) + plan.left_out, len(plan.changed)
    if scope >= limits.fleet_from and changed * 100 > limits.fleet_share * scope:
        yield found(
            codes.FLEET_SHARE,
            say(
                "Shops that would change: {changed} of {scope}, which is more than {limit} %",
                changed=changed,
                scope=scope,
                limit=limits.fleet_share,
            ),
            way_on=say("Select fewer shops, or allow it with --allow fleet-share"),
        )
    closing = sum(1 for shop in plan.shops if shop.closes)
    if closing > limits.closed_at_once:
        yield found(
            codes.CLOSED_AT_ONCE,
            say(
                "Shops that would be closed: {closing}, and the limit is {limit}",
                closing=closing,
                limit=limits.closed_at_once,
            ),
            way_on=say("Select fewer shops, or allow it with --allow closed-at-once"),
        )


def within(window: tuple[int, int], now: int) -> bool:
    """Whether the minute of the day lies in the window; from later than until means over midnight."""
    opens, closes = window
    return opens <= now < closes if opens <= closes else now >= opens or now < closes


def clock_face(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
