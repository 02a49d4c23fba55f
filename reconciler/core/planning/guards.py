"""Guards: rules over a whole plan that hold it until a person allows it by name.

In: a plan, the limits, what was allowed, the local time of day in each zone. Out: the plan with the diagnostics of its guards. A
guard on one shop holds that shop; a guard on the fleet holds the run. An allowance that matches no selected shop gets a warning:
it is probably a misspelt name, and its guard holds the shop anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.planning.cascade import ENABLED_FIELD, REGISTRATION_FIELD, SELLER_FIELD
from reconciler.core.planning.change import Reason
from reconciler.core.planning.plan import Plan, ShopPlan, Step, StepKind
from reconciler.core.values import Registration, ShopKey, StorefrontStatus
from reconciler.lib.frozen_class import frozen


@frozen
class Limits:
    """`fleet_share` in percent of the shops in scope, once at least `fleet_from` are; `closed_at_once` shops of one run. A saved
    plan is applied for `plan_age` days.
    """

    fleet_share: int = 30
    fleet_from: int = 10
    closed_at_once: int = 20
    plan_age: int = 7


DECIDED_BY_MANIFEST: Final = frozenset({codes.CLOSING_DENIED})
"""Guards that hold what the manifest itself denies: allowing them on the command line would contradict it."""


@frozen
class AllowList:
    """What was allowed on the command line: slugs of codes, each for the shops that match a glob."""

    entries: tuple[tuple[str, str], ...] = ()

    def allows(self, code: Code, shop: ShopKey | None) -> bool:
        """What only a manifest may decide cannot be allowed, also by a plan that an earlier version saved."""
        if code in DECIDED_BY_MANIFEST:
            return False
        return any(slug == code.slug and (shop is None or fnmatchcase(shop, glob)) for slug, glob in self.entries)


@frozen
class GuardContext:
    """What guards are held against. `minutes` is the time of day by time zone, for the zones that shops name."""

    limits: Limits = field(default_factory=Limits)
    allowed: AllowList = field(default_factory=AllowList)
    minutes: Mapping[str, int] = field(default_factory=dict)


def apply_guards(plan: Plan, watch: GuardContext) -> Plan:
    """The plan with what the guards found, less what was allowed."""
    shops = tuple(
        replace(shop, findings=sort_diagnostics((*shop.findings, *_not_allowed(_over_shop(shop, watch), watch))))
        for shop in plan.shops
    )
    held = tuple(_not_allowed(_over_fleet(plan, watch.limits), watch))
    return replace(plan, shops=shops, findings=sort_diagnostics((*plan.findings, *held)))


def guard_findings(plan: Plan, watch: GuardContext) -> Iterator[Diagnostic]:
    """Everything that the guards hold, without allowances."""
    for shop in plan.shops:
        yield from _over_shop(shop, watch)
    yield from _over_fleet(plan, watch.limits)


def _not_allowed(findings: Iterator[Diagnostic], watch: GuardContext) -> Iterator[Diagnostic]:
    return (finding for finding in findings if not watch.allowed.allows(finding.code, finding.shop))


def _over_shop(shop: ShopPlan, watch: GuardContext) -> Iterator[Diagnostic]:
    yield from _closing(shop)
    outside = outside_window(shop, watch.minutes)
    yield from () if outside is None else (outside,)
    yield from _turning_off(shop)
    yield from _seller_changes(shop)
    yield from _unregistering(shop)
    yield from _rotating(shop)


_NEEDS_CLOSING: Final = msg(
    "`amazon.enabled` changes only while the shop is closed (要閉店), and the manifest does not allow closing it"
)
_WANTS_CLOSING: Final = msg("The manifest declares the shop closed but does not allow closing it")


def _closing(shop: ShopPlan) -> Iterator[Diagnostic]:
    """Also if the manifest itself declares an open shop closed. A shop that a plan opened may always be closed by its undo plan:
    that plan carries the maintenance settings of the first one, and no manifest could allow the closing.
    """
    if not shop.maintenance.close_shop and (shop.bracket or _wants_closing(shop)):
        yield diagnostic(
            codes.CLOSING_DENIED,
            _NEEDS_CLOSING if shop.bracket else _WANTS_CLOSING,
            hint=msg("Set `maintenance.close_shop: allow`, or apply while the shop is closed"),
            shop=shop.shop,
            subject="maintenance.close_shop",
            origin=shop.maintenance_origins.close_shop or shop.origin,
        )


def _wants_closing(shop: ShopPlan) -> bool:
    return shop.closes_shop and not any(
        change.after is StorefrontStatus.CLOSED and change.reason is Reason.UNDONE for change in shop.written_changes
    )


def closes_with(shop: ShopPlan, step: Step) -> bool:
    """Whether it is this step that closes the shop."""
    return step.action is StepKind.CLOSE or any(
        shop.change_at(ref).after is StorefrontStatus.CLOSED for ref in step.refs
    )


def outside_window(shop: ShopPlan, minutes: Mapping[str, int]) -> Diagnostic | None:
    """None if the shop may be closed at that time of day, or is not to be closed: for changes, permanently or by an undo plan."""
    window, zone = shop.maintenance.window, shop.maintenance.time_zone
    if not shop.closes_shop or window is None or in_window(window, minutes[zone]):
        return None
    return diagnostic(
        codes.OUTSIDE_WINDOW,
        msg(
            "It is {now} in {zone}; the shop may be closed only from {opens} to {closes}",
            now=format_minutes(minutes[zone]),
            zone=zone,
            opens=format_minutes(window[0]),
            closes=format_minutes(window[1]),
        ),
        hint=msg(
            "Apply after {opens}; to apply now, run `reconciler apply {shop}` with `--allow outside-window:{shop}`",
            opens=format_minutes(window[0]),
            shop=shop.shop,
        ),
        shop=shop.shop,
        subject="maintenance.window",
        origin=shop.maintenance_origins.window or shop.origin,
    )


def _turning_off(shop: ShopPlan) -> Iterator[Diagnostic]:
    for change in shop.written_changes:
        if change.ref == ENABLED_FIELD and change.before is True and change.after is False and shop.was_open:
            yield diagnostic(
                codes.TURNING_OFF,
                msg(
                    "Amazon is enabled (`amazon.enabled`) and the shop is open: disabling it removes Amazon "
                    "Pay for its shoppers"
                ),
                hint=msg(
                    "To allow it, run `reconciler apply {shop}` with `--allow turning-off:{shop}`", shop=shop.shop
                ),
                shop=shop.shop,
                subject=ENABLED_FIELD.manifest_path,
                origin=change.origin,
            )


def _seller_changes(shop: ShopPlan) -> Iterator[Diagnostic]:
    """Buyer ids differ per merchant, and what is open at Amazon belongs to the seller that took it."""
    for change in shop.written_changes:
        if change.ref == SELLER_FIELD and isinstance(change.before, str) and shop.was_enabled:
            yield diagnostic(
                codes.SELLER_CHANGES,
                msg(
                    "Amazon is enabled (`amazon.enabled`) and the SellerId changes: every member linked with "
                    "Amazon loses the link, and open authorizations, captures and refunds stay with the "
                    "seller {seller}",
                    seller=change.before,
                ),
                hint=msg(
                    "Settle the open transactions in Amazon Seller Central, then run `reconciler apply {shop}` with "
                    "`--allow seller-changes:{shop}`",
                    shop=shop.shop,
                ),
                shop=shop.shop,
                subject=SELLER_FIELD.manifest_path,
                origin=change.origin,
            )


def _unregistering(shop: ShopPlan) -> Iterator[Diagnostic]:
    """A shop that leaves Amazon Pay with the same plan needs no endpoint any more: `turning-off` holds it."""
    if not shop.was_enabled or any(c.ref == ENABLED_FIELD and c.after is False for c in shop.written_changes):
        return
    for change in shop.written_changes:
        if change.ref == REGISTRATION_FIELD and change.after is Registration.ABSENT:
            yield diagnostic(
                codes.UNREGISTERING,
                msg(
                    "Amazon is enabled (`amazon.enabled`) and the IPN endpoint is unregistered: orders "
                    "captured in Amazon Seller Central no longer become 入金済み"
                ),
                hint=msg(
                    "Keep it registered; to allow it, run `reconciler apply {shop}` with `--allow unregistering:{shop}`",
                    shop=shop.shop,
                ),
                shop=shop.shop,
                subject=REGISTRATION_FIELD.manifest_path,
                origin=change.origin,
            )


def _rotating(shop: ShopPlan) -> Iterator[Diagnostic]:
    for change in shop.written_changes:
        if change.reason is Reason.ROTATED:
            yield diagnostic(
                codes.SECRET_ROTATION,
                msg(
                    "{label}: the reference is unchanged, but the secret differs from the backend's",
                    label=change.ref.full_name,
                ),
                hint=msg(
                    "If the secret was rotated, run `reconciler apply {shop}` with `--allow secret-rotation:{shop}`",
                    shop=shop.shop,
                ),
                shop=shop.shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def _over_fleet(plan: Plan, limits: Limits) -> Iterator[Diagnostic]:
    scope, changed = len(plan.shops) + plan.unchanged_shops, len(plan.changed)
    if scope >= limits.fleet_from and changed * 100 > limits.fleet_share * scope:
        yield diagnostic(
            codes.FLEET_SHARE,
            msg(
                "Shops to change: {changed} of {scope}, which exceeds the limit of {limit} %",
                changed=changed,
                scope=scope,
                limit=limits.fleet_share,
            ),
            hint=msg("Select fewer shops; to allow it, add `--allow fleet-share`"),
        )
    closing = sum(1 for shop in plan.shops if shop.closes_shop)
    if closing > limits.closed_at_once:
        yield diagnostic(
            codes.CLOSED_AT_ONCE,
            msg("Shops to close: {closing}; the limit is {limit}", closing=closing, limit=limits.closed_at_once),
            hint=msg("Select fewer shops; to allow it, add `--allow closed-at-once`"),
        )


def in_window(window: tuple[int, int], now: int) -> bool:
    """Whether the minute of the day is in the window; a start later than the end means over midnight."""
    opens, closes = window
    return opens <= now < closes if opens <= closes else now >= opens or now < closes


def format_minutes(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


_SHOWN: Final = 10


def unused_allowances(allowed: AllowList, plan: Plan, names: Collection[str]) -> tuple[Diagnostic, ...]:
    """In the order in which they were given. Of a selection that holds no shop there is nothing to say."""
    return tuple(_override_diagnostics(allowed, plan, names)) if names else ()


def _override_diagnostics(allowed: AllowList, plan: Plan, names: Collection[str]) -> Iterator[Diagnostic]:
    for slug, glob in dict.fromkeys(allowed.entries):
        if any(fnmatchcase(name, glob) for name in names):
            continue
        yield diagnostic(
            codes.ALLOWED_FOR_NONE,
            msg("--allow {guard}:{pattern} matches no selected shop", guard=slug, pattern=repr(glob)),
            hint=_meant(slug, glob, plan, names),
        )


def _meant(slug: str, glob: str, plan: Plan, names: Collection[str]) -> Message:
    """What is near, best of all among the shops that the guard holds; else what there is."""
    held = sorted({finding.shop for finding in plan.all_findings if finding.code.slug == slug and finding.shop})
    guess = suggestion_message(glob, held) or suggestion_message(glob, names)
    if guess is not None:
        return guess
    if held:
        return msg("{guard} holds shops: {shops}", guard=slug, shops=_list(held))
    return msg("{guard} holds no shop; selected shops: {shops}", guard=slug, shops=_list(sorted(names)))


def _list(words: Sequence[str]) -> str:
    return ", ".join([*words[:_SHOWN], *(["..."] if len(words) > _SHOWN else [])])
