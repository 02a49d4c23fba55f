"""Plans, reports, drifts and shops made by hand, with everything in them that a view has to show."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, ShopDrift, drift_of, with_audit
from reconciler.core.drift.foreign_endpoints import ForeignEndpoints, foreign_endpoint_diagnostic
from reconciler.core.drift.missed_notifications import NotificationState, missed_notification_diagnostic
from reconciler.core.model.canonical import Json
from reconciler.core.model.kinds import (
    AmazonPayPayment,
    AmazonSettings,
    Entitlements,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.state import Desired, FieldRef, Known, MaintenancePolicy, Observed
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.guards import GuardContext, Limits, apply_guards
from reconciler.core.planning.plan import Plan, RequestPace, StepKind
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.fixes import FixedFile, FixKind, ManifestFix
from reconciler.core.results.validation_result import ValidationResult
from reconciler.core.runs.events import (
    Event,
    PredictionMissed,
    ReopenFailed,
    RunFinished,
    RunStarted,
    ShopFinished,
    ShopReopened,
    ShopSkipped,
    ShopStarted,
    ShopVerified,
    StepDone,
    StepFailed,
    StepStarted,
)
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.runs.report import Report, fold
from reconciler.core.values import (
    ABSENT,
    PRE_SET,
    UNSET,
    ApiStatus,
    CommerceCreator,
    Origin,
    Registration,
    Secret,
    SecretRef,
    ShopKey,
    StorefrontStatus,
    seal_secret,
)

OLD_TOKEN = "amzn.mws.0ld0ld00-dead-beef-0000-000000000001"
NEW_TOKEN = "amzn.mws.11111111-2222-3333-4444-555555555555"
CLIENT = "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"


def secret(text: str = NEW_TOKEN, name: str = "KYOTO_TEA_MWS_AUTH_TOKEN") -> Secret:
    return Secret(text, SecretRef(f"ref+env://{name}"))


def sealed(text: str = OLD_TOKEN) -> object:
    return seal_secret(Secret(text, SecretRef("ref+env://OLD")), "00ff")


def observed(shop: str = "kyoto-tea", **kinds: object) -> Observed:
    """A shop that is open and has Amazon off, with each kind replaced where it is named."""
    values: dict[str, object] = {
        "amazon_settings": AmazonSettings(
            enabled=False,
            seller_id=ABSENT,
            client_id=CLIENT,
            mws_auth_token=sealed(),
            notification_email="old@kyoto-tea.example",
            merchant_site_url="https://ipn.platform.example/kyoto-tea",
            api_status=ApiStatus.UNCHECKED,
            buttons_visible=False,
        ),
        "amazon_pay_payment": AmazonPayPayment(use=False, regular=False, pre_order=False, subscription=False),
        "system_parts": SystemParts(
            output=False, messages={"order_area.label": "Amazon Pay", "order_area.message": ABSENT}
        ),
        "ipn_endpoint": IpnEndpoint(registration=Registration.ABSENT, seller_id=ABSENT, others=()),
        "storefront_status": StorefrontState(status=StorefrontStatus.OPEN),
        "entitlements": Entitlements(
            pay_option=True,
            amazon_contract=True,
            commerce_creator=CommerceCreator.RUNNING,
            subscription_applications=False,
        ),
        **kinds,
    }
    return Observed(shop=ShopKey(shop), reads={name: Known(value, f'"{name}-1"') for name, value in values.items()})


def desired(shop: str = "kyoto-tea", *, maintenance: MaintenancePolicy | None = None, **kinds: object) -> Desired:
    file = f"shops/{shop}.yaml"
    values: dict[str, object] = {
        "amazon_settings": AmazonSettings(
            enabled=True,
            seller_id="A1EXAMPLE234567",
            client_id=CLIENT,
            mws_auth_token=secret(),
            notification_email="amazon-pay@kyoto-tea.example",
        ),
        "amazon_pay_payment": AmazonPayPayment(pre_order=True),
        "system_parts": SystemParts(
            messages={
                "order_area.label": "Amazon Payでお支払い",
                "order_area.message": "Amazonアカウントに登録された住所と支払方法で、\nかんたんにお買い物ができます。",
            }
        ),
        "ipn_endpoint": IpnEndpoint(registration=Registration.REGISTERED),
        **kinds,
    }
    places = {
        "amazon.enabled": Origin(file, 7, 12),
        "amazon.api.seller_id": Origin(file, 9, 16),
        "amazon.api.mws_auth_token": Origin(file, 11, 21),
        "amazon.notification.email": Origin(file, 13, 12),
        "amazon.messages.order_area.label": Origin(file, 16, 14),
        "amazon.messages.order_area.message": Origin(file, 17, 16),
        "payment.amazon_pay.pre_order": Origin("shops/_groups/standard.yaml", 4, 16),
        "seller_central.ipn_endpoint": Origin("shops/_defaults.yaml", 3, 17),
    }
    return Desired(
        shop=ShopKey(shop),
        values=values,
        origin=Origin(file),
        origins=places,
        maintenance=maintenance or MaintenancePolicy(close_shop=True),
    )


def as_declared(shop: str) -> tuple[Desired, Observed]:
    """A shop with nothing to do."""
    return desired(shop, **_nothing()), observed(shop)


def _nothing() -> dict[str, object]:
    return {
        "amazon_settings": AmazonSettings(client_id=CLIENT),
        "amazon_pay_payment": AmazonPayPayment(),
        "system_parts": SystemParts(),
        "ipn_endpoint": IpnEndpoint(),
    }


def manifest_finding() -> Diagnostic:
    return diagnostic(
        codes.UNKNOWN_KEY,
        msg("there is no key {key}", key="amazon.enbled"),
        expected=msg("one of {choices}", choices="enabled, api"),
        hint=msg("write {key}", key="amazon.enabled"),
        shop=ShopKey("uji-cups"),
        subject="amazon.enbled",
        origin=Origin("shops/uji-cups.yaml", 7, 3),
    )


def pairs() -> list[tuple[Desired, Observed]]:
    unreachable = diagnostic(
        codes.UNREACHABLE, msg("no answer within {seconds} s", seconds=10), shop=ShopKey("nara-brush")
    )
    live = observed(
        "osaka-knives",
        amazon_settings=AmazonSettings(
            enabled=True,
            seller_id="A9OLD00000",
            client_id=CLIENT,
            mws_auth_token=PRE_SET,
            notification_email=ABSENT,
            merchant_site_url=ABSENT,
            api_status=ApiStatus.ERROR,
            buttons_visible=False,
        ),
        amazon_pay_payment=AmazonPayPayment(use=False, regular=True, pre_order=True, subscription=False),
        system_parts=SystemParts(output=True, messages=UNSET),
        ipn_endpoint=IpnEndpoint(
            registration=Registration.REGISTERED, seller_id="A9OLD00000", others=("https://elsewhere.example/ipn",)
        ),
    )
    return [
        (desired(), observed()),
        (
            desired(
                "osaka-knives",
                amazon_settings=AmazonSettings(enabled=True, seller_id="A1NEW000000"),
                system_parts=SystemParts(),
                amazon_pay_payment=AmazonPayPayment(),
            ),
            live,
        ),
        (
            desired(
                "sakai-blades",
                maintenance=MaintenancePolicy(),
                amazon_settings=AmazonSettings(enabled=False, mws_auth_token=secret(name="SAKAI")),
                amazon_pay_payment=AmazonPayPayment(),
                system_parts=SystemParts(),
                ipn_endpoint=IpnEndpoint(registration=Registration.ABSENT),
            ),
            replace(live, shop=ShopKey("sakai-blades")),
        ),
        (desired("nara-brush"), Observed.unknown(ShopKey("nara-brush"), unreachable)),
        as_declared("mino-paper"),
        as_declared("tango-silk"),
    ]  # fmt: skip


def plan() -> Plan:
    """Six shops: three that change (one of them held), one unreachable, two as declared; the run held by a guard."""
    made = build_plan(plan_shop(declared, world, RequestPace()) for declared, world in pairs())
    return apply_guards(made, GuardContext(limits=Limits(fleet_share=30, fleet_from=5)))


def uneven_plan() -> Plan:
    """Two shops that are closed for different times, nothing refused."""
    declared, world = pairs()[0]
    slow = plan_shop(
        replace(declared, shop=ShopKey("awa-dye")),
        replace(world, shop=ShopKey("awa-dye")),
        RequestPace(seconds_per_request=2),
    )
    return build_plan([plan_shop(declared, world, RequestPace()), slow])


def open_plan() -> Plan:
    """A shop that needs no closing, and a long text in place of a long text."""
    long, longer = "あ" * 30, "い" * 30
    world = observed(system_parts=SystemParts(output=False, messages={"order_area.label": long}))
    declared = desired(**(_nothing() | {"system_parts": SystemParts(messages={"order_area.label": longer}),
                                   "amazon_pay_payment": AmazonPayPayment(pre_order=True)}))  # fmt: skip
    return build_plan([plan_shop(declared, world, RequestPace())])


def held_report() -> Report:
    """The plan was not confirmed."""
    held = diagnostic(codes.NOT_CONFIRMED, msg("The plan was not confirmed"))
    return fold(replace(uneven_plan(), findings=(held,)), ())


def findings() -> tuple[Diagnostic, ...]:
    """With and without a place, an expected value, a hint; of every severity."""
    note = replace(diagnostic(codes.API_ERROR, msg("only a note")), severity=Severity.NOTE)
    return (
        manifest_finding(),
        diagnostic(codes.NEEDS_OPTION, msg("without a place"), shop=ShopKey("kyoto-tea")),
        diagnostic(codes.FLEET_SHARE, msg("of the run")),
        diagnostic(codes.INCOMPLETE, msg("of a file"), origin=Origin("shops/|pipe|\x1b[1m.yaml")),
        note,
    )


def validation(*, check: bool = False, fixed: bool = False) -> ValidationResult:
    """A file that is wrong, and three that are right; of fixes one of each kind, in a file whose token is not shown."""
    kinds = (
        ManifestFix(kind=FixKind.KEY, origin=Origin("shops/nara.yaml", 3, 9), before="enabeld", after="enabled"),
        ManifestFix(kind=FixKind.SWITCH, origin=Origin("shops/nara.yaml", 3, 18), before="yes", after="true"),
        ManifestFix(kind=FixKind.QUOTES, origin=Origin("shops/nara.yaml", 4, 16), before="1e5", after='"1e5"'),
    )
    edit = FileEdit(
        file="shops/nara.yaml",
        before="shop: nara  # 奈良\n(not shown)\namazon: {enabeld: yes}\nlabels: {wave: 1e5}\n",
        after='shop: nara  # 奈良\n(not shown)\namazon: {enabled: true}\nlabels: {wave: "1e5"}\n',
    )
    return ValidationResult(
        valid=(ShopKey("kyoto-tea"), ShopKey("mino-paper"), ShopKey("osaka-knives")),
        broken=("shops/uji-cups.yaml",),
        diagnostics=findings(),
        fixed=(FixedFile(edit=edit, fixes=kinds),) if fixed else None,
        check=check,
    )


def quiet_plan() -> Plan:
    return build_plan(plan_shop(declared, world, RequestPace()) for declared, world in (as_declared("mino-paper"),))


def drift() -> Drift:
    shops = (drift_of(declared, world, plan_shop(declared, world, RequestPace())) for declared, world in pairs())
    ordered = tuple(sorted(shops, key=lambda shop: shop.shop))
    return Drift(shops=ordered, findings=(manifest_finding(),))


def sided_drift() -> Drift:
    """A shop with every label there is, and a trail of who changed it; one with nothing left but what converged."""
    declared, world = pairs()[0]
    past = LastApplied(
        applied={
            "amazon_settings.seller_id": None,
            "amazon_settings.mws_auth_token": {"sensitive": True, "source": "ref+env://OLD"},
            "amazon_settings.notification_email": "amazon-pay@kyoto-tea.example",
            "amazon_settings.client_id": "amzn1.application-oa2-client.before",
            "system_parts.messages.order_area.label": "Amazonで支払う",
        }
    )
    stray = replace(
        world,
        reads={
            **world.reads,
            "amazon_pay_payment": Known(
                AmazonPayPayment(use=True, regular=False, pre_order=False, subscription=False), "1"
            ),
        },
    )
    first = with_audit(drift_of(declared, stray, plan_shop(declared, stray, RequestPace()), past), stray, trail())
    calm, as_it_is = as_declared("mino-paper")
    second = drift_of(calm, as_it_is, plan_shop(calm, as_it_is, RequestPace()), past)
    return Drift(shops=(first, second))


def heard_drift() -> Drift:
    """Notifications: received, missed, never received, not expected; a foreign endpoint, and one that may be a shop's."""
    first, second = sided_drift().shops
    quiet = NotificationState(
        registered=True, last="2026-04-01T03:00:00Z", missed_captures=12, missed_since="2026-04-01T09:30:00Z"
    )
    these = ForeignEndpoints(
        shop=second.shop, seller="A1EXAMPLE234567", urls=("https://elsewhere.example/ipn\x1b[1m|",)
    )
    notes = (foreign_endpoint_diagnostic(these, second.origin, certain=certain) for certain in (True, False))
    silent = missed_notification_diagnostic(first.shop, quiet, "2026-04-02T12:00:00Z", first.origin)
    assert silent is not None
    return Drift(
        shops=(
            replace(first, notifications=quiet, missed_notifications=True, findings=(silent,)),
            replace(
                second,
                notifications=NotificationState(registered=True, last="2026-04-02T11:00:00Z"),
                foreign_endpoints=True,
                findings=tuple(notes),
            ),
            ShopDrift(shop=ShopKey("nara-ink"), origin=second.origin, notifications=NotificationState(registered=True)),
            ShopDrift(shop=ShopKey("a-new-shop"), origin=second.origin, notifications=NotificationState()),
        )
    )


def heard_fleet() -> Drift:
    """More shops than are listed; the later in the list, the longer without notifications."""
    heard = (NotificationState(registered=True, last=f"2026-04-01T03:{59 - number:02}:00Z") for number in range(53))
    origin = Origin("shops/_.yaml")
    return Drift(
        shops=tuple(
            ShopDrift(shop=ShopKey(f"shop-{number:02}"), origin=origin, notifications=each)
            for number, each in enumerate(heard)
        )
    )


def trail() -> tuple[AuditEntry, ...]:
    def entry(field: FieldRef, before: Json, after: Json, **other: str) -> AuditEntry:
        printed = {"at": "2026-11-23T01:00:00Z", "actor": "花子 <@shop> \x1b[31m", "actor_type": "MERCHANT"} | other
        return AuditEntry(field=field, name=str(field), before=before, after=after, **printed)

    secret: dict[str, Json] = {"sensitive": True}
    return (
        entry(FieldRef("amazon_settings", "notification_email"), None, "old@kyoto-tea.example"),
        entry(FieldRef("amazon_settings", "mws_auth_token"), secret, secret, actor="operator", actor_type="CLIENT"),
        entry(FieldRef("amazon_pay_payment", "use"), False, True, cause="amazon_settings.enabled"),
    )


def reported(shops: dict[str, list[Event]], *, interrupted: bool = False) -> Report:
    base = build_plan(plan_shop(replace(desired(), shop=ShopKey(key)), observed(key), RequestPace()) for key in shops)
    events: list[Event] = [RunStarted(fingerprint=base.fingerprint, shops=len(shops))]
    events += [event for printed in shops.values() for event in printed]
    return fold(base, [*events, RunFinished(interrupted=interrupted)])


def report(*, interrupted: bool = False) -> Report:
    """A shop of every outcome there is."""
    full = plan_shop(desired(), observed(), RequestPace()).steps
    close = next(index for index, step in enumerate(full) if step.action is StepKind.CLOSE)
    whole = range(len(full))

    def done(shop: str, steps: range) -> list[Event]:
        key = ShopKey(shop)
        started: list[Event] = [ShopStarted(shop=key)]
        for index in steps:
            started += [StepStarted(shop=key, step=index, key="k"), StepDone(shop=key, step=index)]
        return started

    def failed(shop: str, step: int, code: object, *, happened: bool | None = False) -> Event:
        why = diagnostic(
            code, msg("the backend refused: {text}", text="API \x1b[31mERROR\r\nline two"), shop=ShopKey(shop)
        )
        return StepFailed(shop=ShopKey(shop), step=step, why=why, happened=happened)

    def missed(shop: str) -> PredictionMissed:
        why = diagnostic(codes.PREDICTION_MISS, msg("通常販売 does not have the predicted value"), shop=ShopKey(shop))
        ref = FieldRef("amazon_pay_payment", "regular")
        return PredictionMissed(shop=ShopKey(shop), ref=ref, predicted=True, found=False, why=why)

    left = diagnostic(
        codes.LEFT_CLOSED,
        msg("The shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=msg("it did not answer")),
        hint=msg("Run `reconciler resume` when the backend answers, or open the shop in the admin screens"),
        shop=ShopKey("kyoto-tea"),
    )
    unknown = replace(missed("mino-paper"), ref=FieldRef("amazon_settings", "seller_id"), predicted="A1", found=UNSET)
    return reported(
        {
            "awa-dye": [*done("awa-dye", whole), ShopVerified(shop=ShopKey("awa-dye")), _end("awa-dye")],
            "bizen-pots": [*done("bizen-pots", whole), missed("bizen-pots"), _end("bizen-pots")],
            "kyoto-tea": [
                *done("kyoto-tea", range(close + 1)),
                failed("kyoto-tea", close + 1, codes.UNREACHABLE),
                ReopenFailed(shop=ShopKey("kyoto-tea"), why=left),
                _end("kyoto-tea"),
            ],
            "mino-paper": [unknown, failed("mino-paper", 0, codes.OUTCOME_UNKNOWN, happened=None), _end("mino-paper")],
            "nara-brush": [failed("nara-brush", 0, codes.REJECTED), _end("nara-brush")],
            "osaka-knives": [
                *done("osaka-knives", range(close + 1)),
                failed("osaka-knives", close + 1, codes.REJECTED),
                ShopReopened(shop=ShopKey("osaka-knives"), closed_ms=3210),
                _end("osaka-knives"),
            ],
            "sakai-blades": [failed("sakai-blades", 0, codes.STALE), _end("sakai-blades")],
            "tango-silk": [
                ShopSkipped(
                    shop=ShopKey("tango-silk"),
                    why=(diagnostic(codes.NOT_CONFIRMED, msg("The plan was not confirmed")),),
                )
            ],
            "uji-cups": [],
        },
        interrupted=interrupted,
    )


def _end(shop: str) -> Event:
    return ShopFinished(shop=ShopKey(shop))
