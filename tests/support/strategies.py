"""Hypothesis strategies for the core: observed values, desired values, pairs of both, plans, events.

The pools are small on purpose: desired and observed values should often match, and two shops should often share a seller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import (
    KINDS,
    AmazonPayPayment,
    AmazonSettings,
    IpnEndpoint,
    StorefrontState,
    SystemParts,
)
from reconciler.core.model.policy import Owner
from reconciler.core.model.state import Desired, Known, MaintenancePolicy, Observed
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import Plan, RequestPace, ShopPlan, StepKind
from reconciler.core.planning.shop_planning import plan_shop
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
from reconciler.core.values import (
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
)
from tests.support.fake_backend import PARTS, ModelBackend, Shop

SELLERS: Final = ("A1EXAMPLE234567", "A2EXAMPLE234567", "A3EXAMPLE234567")
CLIENTS: Final = tuple(f"amzn1.application-oa2-client.{digit * 32}" for digit in "ab")
TOKENS: Final = tuple(f"amzn.mws.{digit * 8}-0000-0000-0000-000000000000" for digit in "ab")
MAILS: Final = ("pay@kyoto-tea.example", "shop@kyoto-tea.example")
TEXTS: Final = ("", "お急ぎの方はこちら", "one\ntwo", "one\r\ntwo", "three")

booleans = st.booleans()
keys = st.from_regex(ShopKey.PATTERN.replace("$", r"\Z"), fullmatch=True).map(ShopKey)


def secret(clear: str, name: str = "TOKEN") -> Secret:
    return Secret(clear, SecretRef(f"ref+env://{name}"))


secrets = st.sampled_from(TOKENS).map(secret)


def origin_at(line: int, file: str = "shops/kyoto-tea.yaml") -> Origin:
    return Origin(file, line, 3)


origins = st.integers(1, 99).map(origin_at)


def shops(key: st.SearchStrategy[ShopKey] | None = None, *, pre_set: bool = True) -> st.SearchStrategy[Shop]:
    """Shops as a platform may hold them, entitled or not, consistent or not."""
    return st.builds(
        Shop,
        key=keys if key is None else key,
        is_open=booleans,
        use_amazon=booleans,
        seller_id=st.none() | st.sampled_from(SELLERS),
        client_id=st.none() | st.sampled_from(CLIENTS),
        token=st.none() | st.sampled_from(TOKENS) | (st.just(PRE_SET) if pre_set else st.nothing()),
        mail=st.none() | st.sampled_from(MAILS),
        site_url=st.none() | st.just("https://kyoto-tea.example/ipn"),
        api_status=st.sampled_from(ApiStatus),
        pay_use=booleans,
        pay_regular=booleans,
        pre_order=booleans,
        subscription=booleans,
        auto_link=booleans | st.just(UNSET),
        output=booleans,
        texts=st.fixed_dictionaries(dict.fromkeys(PARTS, st.none() | st.sampled_from(TEXTS))),
        option=_mostly(True),
        contract=_mostly(True),
        creator=st.sampled_from(CommerceCreator),
        applications=_mostly(True),
    )


def _mostly(value: bool) -> st.SearchStrategy[bool]:
    return st.sampled_from((value, value, value, not value))


@st.composite
def backends(draw: st.DrawFn, keys: tuple[str, ...] = ("a", "b")) -> ModelBackend:
    """Some shops; each one's endpoint may be registered with its own seller, and foreign ones beside it."""
    held = [draw(shops(st.just(ShopKey(key)))) for key in keys]
    for shop in held:
        shop.site_url = shop.site_url and f"https://{shop.key}.example/ipn"
    registered = {
        (shop.seller_id, shop.site_url) for shop in held if shop.seller_id and shop.site_url and draw(booleans)
    }
    foreign = {(seller, "https://elsewhere.example/ipn") for seller in SELLERS if draw(booleans)}
    return ModelBackend(held, registered | foreign)


observed = backends(keys=("a",)).map(lambda backend: backend.look(ShopKey("a")))


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.just(UNSET) | values


_WISHES: Final = {
    "amazon_settings": st.builds(
        AmazonSettings,
        enabled=_maybe(booleans),
        seller_id=_maybe(st.sampled_from(SELLERS)),
        client_id=_maybe(st.sampled_from(CLIENTS)),
        mws_auth_token=_maybe(secrets | st.just(PRE_SET)),
        notification_email=_maybe(st.sampled_from(MAILS)),
    ),
    "amazon_pay_payment": st.builds(
        AmazonPayPayment, pre_order=_maybe(booleans), subscription=_maybe(booleans), auto_link=_maybe(booleans)
    ),
    "system_parts": st.builds(
        SystemParts, messages=_maybe(st.dictionaries(st.sampled_from(PARTS), st.sampled_from(TEXTS)))
    ),
    "ipn_endpoint": st.builds(IpnEndpoint, registration=_maybe(st.sampled_from(Registration))),
    "storefront_status": st.builds(StorefrontState, status=_maybe(st.sampled_from(StorefrontStatus))),
}


@st.composite
def desired_shops(draw: st.DrawFn, key: str = "a") -> Desired:
    """Any subset of what may be declared, each value from a line of its own."""
    values = draw(st.fixed_dictionaries({}, optional=_WISHES))
    places = [spec.policy.manifest_path for kind in KINDS for spec in kind.managed_fields(Owner.MANAGED)]
    return Desired(
        shop=ShopKey(key),
        values=values,
        origin=origin_at(1),
        origins={place: draw(origins) for place in places if place and draw(booleans)},
        labels=draw(st.dictionaries(st.sampled_from(("wave", "region")), st.sampled_from(("canary", "rest")))),
        group=draw(st.none() | st.just("standard")),
        maintenance=MaintenancePolicy(
            close_shop=draw(booleans), window=draw(st.none() | st.tuples(*2 * [st.integers(0, 1439)]))
        ),
    )


desired = desired_shops()


@dataclass(frozen=True, slots=True)
class World:
    """A backend, and the desired state of its shops."""

    backend: ModelBackend
    desired: tuple[Desired, ...]

    def plan(self) -> Plan:
        return build_plan(
            plan_shop(declared, self.backend.look(declared.shop), RequestPace()) for declared in self.desired
        )


@st.composite
def worlds(draw: st.DrawFn, keys: tuple[str, ...] = ("a", "b")) -> World:
    return World(draw(backends(keys)), tuple(draw(desired_shops(key)) for key in keys))


pairs = worlds(keys=("a",)).map(lambda world: (world.desired[0], world.backend.look(ShopKey("a"))))
shop_plans = worlds(keys=("a",)).map(lambda world: world.plan().shops[0])
plans = worlds().map(World.plan)


def as_wish(seen: Observed) -> Desired:
    """The desired state of a shop: everything that may be declared."""
    values = {}
    for kind in KINDS:
        read = seen.reads[kind.name]
        if isinstance(read, Known):
            ours = {spec.name: getattr(read.value, spec.name) for spec in kind.managed_fields(Owner.MANAGED)}
            values[kind.name] = kind.model(**ours)
    return Desired(shop=seen.shop, values=values, origin=origin_at(1))


def finding(severity: Severity = Severity.ERROR, **about: Any) -> Diagnostic:
    """A finding of any code with that severity."""
    code = next(code for code in codes.all_codes() if code.severity is severity)
    return diagnostic(code, msg("for the test"), **about)


@st.composite
def stories(draw: st.DrawFn, plan: ShopPlan) -> list[Event]:
    """Events of a run about one shop: it succeeds, fails or misses its prediction, at any step."""
    if not plan.steps:
        return []
    if plan.blocked:
        return [ShopSkipped(shop=plan.shop, why=())]
    reported: list[Event] = [ShopStarted(shop=plan.shop)]
    missed = False
    closed = False
    last = len(plan.steps) - 1
    for index, step in enumerate(plan.steps):
        verifies = step.action is StepKind.VERIFY
        if not verifies:
            reported.append(StepStarted(shop=plan.shop, step=index, key=str(index)))
        elif plan.predicted and draw(_mostly(False)):
            ref, value = plan.predicted[0]
            missed = True
            reported.append(PredictionMissed(shop=plan.shop, ref=ref, predicted=value, found=UNSET, why=finding()))
        if draw(st.sampled_from((*(True,) * 9, False))):
            if verifies and index == last and not missed:
                reported.append(ShopVerified(shop=plan.shop))
            reported.append(StepDone(shop=plan.shop, step=index))
            closed = (closed or step.action is StepKind.CLOSE) and step.action is not StepKind.REOPEN
            continue
        happened = False if verifies else draw(st.sampled_from((False, None)))
        closed = closed or (step.action is StepKind.CLOSE and happened is None)
        why = diagnostic(draw(st.sampled_from((codes.STALE, codes.UNREACHABLE))), msg("for the test"))
        reported.append(StepFailed(shop=plan.shop, step=index, why=why, happened=happened))
        break
    if closed:
        back = draw(booleans)
        reported.append(ShopReopened(shop=plan.shop) if back else ReopenFailed(shop=plan.shop, why=finding()))
    return [*reported, ShopFinished(shop=plan.shop)]


@st.composite
def runs(draw: st.DrawFn) -> tuple[Plan, list[Event]]:
    """A plan, and all events of a run of it."""
    plan = draw(plans)
    each = [draw(stories(shop)) for shop in plan.shops]
    started = RunStarted(fingerprint=plan.fingerprint, shops=len([s for s in plan.shops if s.steps]))
    reported = [event for story in each for event in story]
    return plan, [started, *reported, RunFinished(interrupted=draw(_mostly(False)))]
