"""Saved plans for tests: one of each shape as literal values, a key, and what a file keeps of a plan's secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reconciler.core.diagnostics.diagnostic import Code, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.saved_plan import PlanMetadata, SavedPlan
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Desired, FieldRef, MaintenancePolicy
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.fingerprint import FingerprintScope, build_plan, plan_fingerprint
from reconciler.core.planning.plan import ClosureBracket, Plan, ShopPlan, Step, StepKind
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    ApiStatus,
    CommerceCreator,
    Origin,
    Registration,
    SealedSecret,
    Secret,
    SecretDigest,
    SecretRef,
    ShopKey,
    StorefrontStatus,
)
from tests.support.fake_backend import Shop
from tests.support.strategies import SELLERS, World

KEY: Final = DigestKey(b"a key of the tests")
OTHER_KEY: Final = DigestKey(b"another key of the tests")
MADE: Final = PlanMetadata(
    tool="0.1.0",
    created="2026-01-31T12:00:00+00:00",
    environment="sandbox",
    backend="http https://platform.example",
    fleet="operator",
    commit="0123456789abcdef0123456789abcdef01234567",
    manifests=(("shops/kyoto-tea.yaml", "ab" * 32), ("shops/_defaults.yaml", "cd" * 32)),
    allowed=(("turning-off", "kyoto-*"),),
)

CLEAR: Final = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
SALT, SEAL = "5a17c0de", "9f" * 32
TOKEN: Final = FieldRef("amazon_settings", "mws_auth_token")
ENABLED: Final = FieldRef("amazon_settings", "enabled")
SELLER: Final = FieldRef("amazon_settings", "seller_id")
LABEL: Final = FieldRef("system_parts", "messages", "order_area.label")
ENDPOINT: Final = FieldRef("ipn_endpoint", "registration")
USE: Final = FieldRef("amazon_pay_payment", "use")
_FILE: Final = "shops/kyoto-tea.yaml"
# A code of the tests' own: the title of one of the tool's may change without a new version of the format.
_CODE: Final = Code("Z901", "for-the-tests", msg("A finding for the tests"), Severity.WARNING)


def _change(ref: FieldRef, before: Any, after: Any, line: int, reason: Reason = Reason.DECLARED, **more: Any) -> Change:
    return Change(ref=ref, before=before, after=after, reason=reason, origin=Origin(_FILE, line, 3), **more)


_FULL: Final = ShopPlan(
    shop=ShopKey("kyoto-tea"),
    origin=Origin(_FILE),
    changes=(
        _change(ENABLED, False, True, 4),
        _change(SELLER, "A1EXAMPLE234567", "A2EXAMPLE234567", 6),
        _change(TOKEN, SealedSecret(SALT, SEAL), Secret(CLEAR, SecretRef("ref+env://TOKEN")), 7),
        _change(LABEL, ABSENT, "お急ぎの方は\r\nこちら", 9),
        _change(ENDPOINT, Registration.ABSENT, Registration.REGISTERED, 11, Reason.SELLER_CHANGED, caused_by=SELLER),
        _change(USE, False, True, 4, Reason.DERIVED, caused_by=ENABLED),
    ),
    steps=(
        Step(action=StepKind.WRITE, kind="amazon_settings", refs=(SELLER, TOKEN)),
        Step(action=StepKind.WRITE, kind="ipn_endpoint", refs=(ENDPOINT,)),
        Step(action=StepKind.CLOSE, kind="storefront_status"),
        Step(action=StepKind.WRITE, kind="amazon_settings", refs=(ENABLED,)),
        Step(action=StepKind.VERIFY, kind=""),
        Step(action=StepKind.REOPEN, kind="storefront_status"),
        Step(action=StepKind.WRITE, kind="system_parts", refs=(LABEL,)),
        Step(action=StepKind.VERIFY, kind=""),
    ),
    bracket=ClosureBracket(first=2, last=5, seconds=3),
    predicted=((USE, True), (ENABLED, True), (TOKEN, Secret(CLEAR, SecretRef("ref+env://TOKEN")))),
    versions=(("amazon_settings", '"7"'), ("storefront_status", '"1"')),
    endpoint_target=("A2EXAMPLE234567", "https://kyoto-tea.example/ipn"),
    findings=(
        diagnostic(
            _CODE,
            msg("{what} moved {count} times", what=msg("the field {name}", name="利用設定"), count=3),
            expected=msg("the value it was planned from"),
            hint=msg("run plan again"),
            shop=ShopKey("kyoto-tea"),
            subject="amazon.enabled",
            origin=Origin(_FILE, 4, 3),
        ),
    ),
    maintenance=MaintenancePolicy(close_shop=True, window=(60, 300), time_zone="Asia/Tokyo"),
    was_open=True,
    was_enabled=True,
)
# Values of every other type, wherever a plan may ever hold them.
_VALUES: Final = ShopPlan(
    shop=ShopKey("nara-brush"),
    origin=Origin("shops/nara-brush.yaml"),
    changes=(
        _change(
            FieldRef("storefront_status", "status"),
            StorefrontStatus.OPEN,
            StorefrontStatus.CLOSED,
            2,
            Reason.UNDONE,
        ),
        _change(ENABLED, True, True, 3, Reason.REWRITTEN),
    ),
    steps=(
        Step(action=StepKind.WRITE, kind="storefront_status", refs=(FieldRef("storefront_status", "status"),)),
        Step(action=StepKind.WRITE, kind="amazon_settings", refs=(ENABLED,)),
        Step(action=StepKind.VERIFY, kind=""),
    ),
    predicted=(
        (TOKEN, PRE_SET),
        (TOKEN, SecretRef("ref+file://token")),
        (TOKEN, SecretDigest()),
        (FieldRef("entitlements", "commerce_creator"), CommerceCreator.RUNNING),
        (FieldRef("amazon_settings", "api_status"), ApiStatus.VALID),
    ),
)


def saved(
    *shops: ShopPlan, covers: FingerprintScope = FingerprintScope.LEAVES, metadata: PlanMetadata = MADE
) -> SavedPlan:
    held = (diagnostic(_CODE, msg("The whole run is looked at")),) if len(shops) > 1 else ()
    return SavedPlan(plan=covering(build_plan(shops, findings=held), covers), metadata=metadata)


def covering(plan: Plan, covers: FingerprintScope) -> Plan:
    """The plan with a fingerprint as older versions made it."""
    return replace(plan, fingerprint=plan_fingerprint(plan.shops, covers, KEY))


EXAMPLES: Final = {
    "every-field": saved(_FULL, _VALUES),
    "covers-digests": saved(_FULL, covers=FingerprintScope.DIGESTS),
    "covers-references": saved(_FULL, covers=FingerprintScope.REFERENCES),
    "labels": SavedPlan(
        plan=build_plan([replace(_VALUES, labels=(("region", "関西"), ("wave", "canary")))], unchanged_shops=9_999),
        metadata=MADE,
    ),
    "nothing-to-do": saved(
        ShopPlan(shop=ShopKey("uji-cup"), origin=Origin("shops/uji-cup.yaml")),
        metadata=PlanMetadata(
            tool="0.1.0", created="2026-01-31T12:00:00Z", environment="production", backend="embedded"
        ),
    ),
}


def digested(plan: Plan, key: DigestKey = KEY) -> Plan:
    """What a file that was sealed with `key` keeps of the plan."""
    return replace(plan, shops=tuple(_digested_shop(shop, key) for shop in plan.shops))


def _digested_shop(shop: ShopPlan, key: DigestKey) -> ShopPlan:
    changes = (replace(c, before=_digested(c.before, key), after=_digested(c.after, key)) for c in shop.changes)
    predicted = ((ref, _digested(value, key)) for ref, value in shop.predicted)
    return replace(shop, changes=tuple(changes), predicted=tuple(predicted))


def _digested(value: Any, key: DigestKey) -> Any:
    if isinstance(value, Secret):
        return SecretDigest(value.source.uri, key.digest(value.reveal()))
    if isinstance(value, SealedSecret):
        return SecretDigest(None, key.digest(f"{value.salt}:{value.digest}"))
    return value


def of(plan: Plan) -> SavedPlan:
    """Any plan, saved."""
    return SavedPlan(plan=plan, metadata=MADE)


def unhindered(world: World) -> World:
    """The same world with nothing in it that would stop a plan: what a blocked one would do is no matter here."""
    for shop in world.backend.state.values():
        shop.option = shop.contract = shop.applications = True
        shop.creator, shop.api_status = CommerceCreator.RUNNING, ApiStatus.VALID
        shop.token = None if shop.token is PRE_SET else shop.token
        shop.site_url = shop.site_url or f"https://{shop.key}.example/ipn"
        shop.seller_id = shop.seller_id or SELLERS[0]
    for desired in world.desired:
        _without_token_of_former_seller(world.backend.state[desired.shop], desired.kind(AmazonSettings))
    return World(world.backend, tuple(_without_pre_set(desired) for desired in world.desired))


def _without_token_of_former_seller(shop: Shop, wanted: AmazonSettings) -> None:
    if wanted.seller_id not in (UNSET, shop.seller_id):
        shop.token = None


def _without_pre_set(desired: Desired) -> Desired:
    settings = desired.kind(AmazonSettings)
    if settings.mws_auth_token is not PRE_SET:
        return desired
    return replace(desired, values={**desired.values, "amazon_settings": replace(settings, mws_auth_token=UNSET)})
