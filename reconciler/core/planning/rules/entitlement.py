"""What a shop must have applied for before a switch may be turned on. Stated by the platform's manual; all outside its screens.

Only a change towards "on" is judged: what is on already is not ours to question.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import Entitlements
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.change import Change
from reconciler.core.planning.rules.rule_context import RuleContext
from reconciler.core.values import CommerceCreator

_SWITCH = FieldRef("amazon_settings", "enabled")
_PRE_ORDER = FieldRef("amazon_pay_payment", "pre_order")
_SUBSCRIPTION = FieldRef("amazon_pay_payment", "subscription")
_APPLICATIONS_MISSING = (
    msg("its applications for 定期・頒布会販売 (要別途各種申込) are missing"),
    msg("Complete the applications, or set payment.amazon_pay.subscription to false"),
)
_CREATOR_NOT_RUNNING = (
    msg("コマースクリエイター is not 運用中"),
    msg("Set コマースクリエイター to 運用中, or set payment.amazon_pay.subscription to false"),
)
"""What is missing, and what to do about it."""


def requires_option(case: RuleContext) -> Iterator[Diagnostic]:
    """利用設定 needs the option 他社ID決済オプション Amazon Pay."""
    has = case.observed.kind(Entitlements)
    for change in _turned_on(case.changes, _SWITCH):
        if has is not None and has.pay_option is False:
            yield diagnostic(
                codes.NEEDS_OPTION,
                msg(
                    "The shop has not applied for 他社ID決済オプション Amazon Pay, so `amazon.enabled` cannot be set "
                    "to true"
                ),
                hint=msg("Apply for the option with the platform, or set amazon.enabled to false until then"),
                shop=case.desired.shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def requires_contract(case: RuleContext) -> Iterator[Diagnostic]:
    """利用設定 needs the shop's own contract with アマゾンジャパン合同会社."""
    has = case.observed.kind(Entitlements)
    for change in _turned_on(case.changes, _SWITCH):
        if has is not None and has.amazon_contract is False:
            yield diagnostic(
                codes.NEEDS_CONTRACT,
                msg(
                    "The shop has no contract with アマゾンジャパン合同会社, so `amazon.enabled` cannot be set to true"
                ),
                hint=msg("Sign the contract in Amazon Seller Central, or set amazon.enabled to false until then"),
                shop=case.desired.shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def commerce_creator(case: RuleContext) -> Iterator[Diagnostic]:
    """予約販売 needs a shop that uses コマースクリエイター."""
    has = case.observed.kind(Entitlements)
    for change in _turned_on(case.changes, _PRE_ORDER):
        if has is not None and has.commerce_creator is CommerceCreator.DISABLED:
            yield diagnostic(
                codes.NEEDS_COMMERCE_CREATOR,
                msg("The shop does not use コマースクリエイター, so pre-order sales cannot be enabled"),
                hint=msg("Switch the shop to コマースクリエイター, or set payment.amazon_pay.pre_order to false"),
                shop=case.desired.shop,
                subject=change.ref.manifest_path,
                origin=change.origin,
            )


def requires_subscription(case: RuleContext) -> Iterator[Diagnostic]:
    """定期・頒布会販売 needs コマースクリエイター運用中 and its own applications."""
    has = case.observed.kind(Entitlements)
    for change in _turned_on(case.changes, _SUBSCRIPTION):
        if has is None:
            continue
        running = has.commerce_creator is CommerceCreator.RUNNING
        if running and has.subscription_applications is not False:
            continue
        missing, hint = _APPLICATIONS_MISSING if running else _CREATOR_NOT_RUNNING
        yield diagnostic(
            codes.NEEDS_SUBSCRIPTION,
            msg("The shop cannot sell subscriptions with Amazon Pay: {missing}", missing=missing),
            hint=hint,
            shop=case.desired.shop,
            subject=change.ref.manifest_path,
            origin=change.origin,
        )


def _turned_on(changes: tuple[Change, ...], ref: FieldRef) -> Iterator[Change]:
    return (change for change in changes if change.ref == ref and change.after is True)
