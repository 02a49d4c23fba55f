"""Read models made by hand, with everything in them that a page has to show; and `ConsoleSources` that answer with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.drift_metrics import WaitingAlerts
from reconciler.core.findings.finding import FindingClass, FindingState, ResolvedBy
from reconciler.core.healing.record import HealOutcome
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import FieldRef
from reconciler.core.onboarding.items import (
    ActingParty,
    ItemReason,
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    ShopOnboarding,
    loudest_first,
)
from reconciler.core.overview.closures import Closure, ClosureDay, ClosureFigures
from reconciler.core.overview.drift_trend import DriftPoint, DriftTrend
from reconciler.core.overview.fleet_overview import (
    FleetName,
    FleetOverview,
    HealFigures,
    LookLine,
    WatcherStatus,
)
from reconciler.core.overview.heal_lines import HealLine, ProposalLine
from reconciler.core.overview.lists import (
    AlertsOverview,
    AlertsQuery,
    InboxOverview,
    InboxQuery,
    NotificationOverview,
)
from reconciler.core.overview.onboarding_page import OnboardingOverview, OnboardingQuery, OnboardingRows
from reconciler.core.overview.review_overview import DeferredLine, OpeningTimes, ReviewLine, ReviewOverview
from reconciler.core.overview.run_overview import RunOverview, RunPage, RunQuery, RunShop, WaveLine
from reconciler.core.overview.shop_overview import (
    FieldLine,
    FindingLine,
    LeaseLine,
    LiveRead,
    ShopOverview,
    ShopRun,
)
from reconciler.core.overview.shop_rows import PAGE_SIZE, ShopPage, ShopQuery, ShopRow, ShopState
from reconciler.core.overview.table_page import TablePage
from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.planning.plan import Step, StepKind
from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.core.runs.events import GuardOverride, GuardsOverridden
from reconciler.core.runs.run_summary import RunCounts, RunSummary
from reconciler.core.runs.step_history import StepOutcome, StepRecord
from reconciler.core.values import ShopKey

NOW = "2026-11-28T06:24:00Z"
RUN = "0b6f7a52-6c38-4a57-9a3b-1f2e3d4c5b6a"
KILLED = "8c1d2e3f-0000-4a57-9a3b-1f2e3d4c5b6a"
NAME = FleetName(fleet="operator", environment="production", now=NOW)

Words = Callable[[str], str]


def plain(text: str) -> str:
    return text


def runs() -> tuple[RunSummary, ...]:
    override = GuardsOverridden(
        given=("close:*",), overridden=(GuardOverride(guard="close", shop=ShopKey("kyoto-tea")),), reason="年末の切替"
    )
    done = RunSummary(
        run=RUN, command="apply", actor="hanako", host="runner-1", started="2026-11-28T03:00:00Z",
        ended="2026-11-28T03:02:05Z", commit="0123456789abcdef0123456789abcdef01234567", fingerprint="sha256:" + "ab" * 32,
        shops=3, counts=RunCounts(applied=2, failed=1), unfinished_shops=0, interrupted=False, running=False,
        resumed_by=None, overrides=override,
    )  # fmt: skip
    killed = replace(
        done, run=KILLED, ended=None, unfinished_shops=1, counts=RunCounts(), overrides=None, actor="healing rule mail",
        started="2026-11-27T22:10:00Z",
    )  # fmt: skip
    resume = replace(
        done, run="11111111-2222-4a57-9a3b-1f2e3d4c5b6a", command="resume", counts=RunCounts(applied=1), overrides=None,
        commit=None, fingerprint=None,
    )  # fmt: skip
    return (done, resume, killed)


def steps() -> tuple[StepRecord, ...]:
    kind = "amazon_settings"
    write = Step(action=StepKind.WRITE, kind=kind, refs=(FieldRef(kind, "notification_email"),))
    close = Step(action=StepKind.CLOSE, kind="storefront_status")
    return (
        StepRecord(at="2026-11-28T03:00:01Z", step=close, outcome=StepOutcome.DONE, request_id="req-1"),
        StepRecord(at="2026-11-28T03:00:02Z", step=write, outcome=StepOutcome.FAILED, reason="conflict"),
        StepRecord(at="2026-11-28T03:00:03Z", step=None, outcome=StepOutcome.UNKNOWN),
    )


def closures() -> ClosureFigures:
    first = date(2026, 11, 15)
    days = tuple(
        ClosureDay(
            day=(first + timedelta(days=at)).isoformat(),
            count=at % 4,
            seconds=at % 4 * 11.5,
            longest=12.5 if at % 4 else 0.0,
        )
        for at in range(14)
    )
    latest = (
        Closure(shop=ShopKey("kyoto-tea"), run=RUN, at="2026-11-28T03:00:31Z", seconds=12.5),
        Closure(shop=ShopKey("nara-brushes"), run=RUN, at="2026-11-27T03:00:31Z", seconds=0.42),
    )
    return ClosureFigures(
        since="2026-11-15T00:00:00Z",
        days=days,
        latest=latest,
        longest=latest[0],
        still_closed=(ShopKey("osaka-knives"),),
    )


def shop_rows(count: int, words: Words = plain) -> tuple[ShopRow, ...]:
    states = (
        ShopState.DRIFTED,
        ShopState.UNREAD,
        ShopState.NEW,
        ShopState.ACCEPTED,
        ShopState.IN_SYNC,
        ShopState.IN_SYNC,
    )
    severities = sorted(FindingSeverity, reverse=True)
    rows = []
    for at in range(count):
        state = states[at % len(states)]
        drifted = state is ShopState.DRIFTED
        rows.append(
            ShopRow(
                shop=ShopKey(f"shop-{at:05}"),
                state=state,
                severity=severities[at % 4] if drifted else None,
                findings=at % 3 + 1 if drifted else 0,
                accepted=1 if state is ShopState.ACCEPTED else 0,
                compared=None if state is ShopState.NEW else "2026-11-28T06:00:00Z",
                unread="timeout" if state is ShopState.UNREAD else None,
                unread_since="2026-11-28T05:00:00Z" if state is ShopState.UNREAD else None,
                owner=words("@kyoto/payments") if at % 2 else None,
            )
        )
    return tuple(rows)


def fleet(count: int = 240, query: ShopQuery | None = None, words: Words = plain) -> FleetOverview:
    asked = query or ShopQuery()
    rows = [
        row for row in shop_rows(count, words) if asked.words.lower() in row.shop and asked.state in (None, row.state)
    ]
    page = ShopPage(
        rows=tuple(rows[(asked.page - 1) * PAGE_SIZE : asked.page * PAGE_SIZE]), total=len(rows), page=asked.page
    )
    points = tuple(
        DriftPoint(
            at=f"2026-11-{day:02}T15:00:00Z",
            open={FindingSeverity.CRITICAL: day % 3, FindingSeverity.HIGH: day % 5, FindingSeverity.LOW: day // 4},
            shops=day,
        )
        for day in range(1, 29)
    )
    looks = (
        LookLine(
            number=3, started="2026-11-28T06:20:00Z", ended="2026-11-28T06:20:09Z", seconds=9.2, requests=640, complete=True,
            shops=count, unread=count // 6, events=4,
        ),
        LookLine(number=2, started="2026-11-28T06:10:00Z", ended="2026-11-28T06:10:01Z", seconds=0.8, requests=8, shops=2),
        LookLine(number=1, started="2026-11-28T00:10:00Z"),
    )  # fmt: skip
    states = {state: sum(row.state is state for row in shop_rows(count)) for state in ShopState}
    return FleetOverview(
        name=NAME,
        states=states,
        unsettled={FindingSeverity.CRITICAL: 2, FindingSeverity.HIGH: 11, FindingSeverity.LOW: 1_204},
        accepted={FindingSeverity.LOW: 3},
        classes={FindingClass.DRIFTED: 1_200, FindingClass.LEFT_CLOSED: 1, FindingClass.CREDENTIALS_REFUSED: 16},
        owners=(words("@kyoto/payments"), words("@kyoto/shops")),
        trend=DriftTrend(points=points),
        closures=closures(),
        looks=looks,
        last_complete_look="2026-11-28T06:20:09Z",
        oldest_comparison="2026-11-26T06:20:09Z",
        alerts={words("slack"): WaitingAlerts(queued=2, failed=1)},
        heals=HealFigures(
            since="2026-11-21T00:00:00Z",
            heals={HealOutcome.HEALED: 12, HealOutcome.FAILED: 1},
            fights=1,
            proposals=1,
            latest=heal_lines(words),
        ),
        watcher=WatcherStatus(leader=words("watcher-1:4711"), since="2026-11-28T00:00:00Z"),
        page=page,
    )


def nothing() -> FleetOverview:
    since = "2026-11-15T00:00:00Z"
    return FleetOverview(
        name=NAME, recorded=False, closures=ClosureFigures(since=since), heals=HealFigures(since=since)
    )


def field_line(name: str, *, differs: bool, words: Words = plain, **more: object) -> FieldLine:
    ref = FieldRef("amazon_settings", name)
    state = (
        NamedCell("drifted", msg("drifted: changed at the backend"))
        if differs
        else NamedCell("in-sync", msg("matches Git"))
    )
    return replace(
        FieldLine(
            field=f"amazon.{name}",
            name=Message(ref.spec.policy.title),
            screen=msg("{label}", label=ref.spec.policy.label),
            state=state,
            differs=differs,
            file="shops/kyoto-tea.yaml",
            line=9,
            author=words("Hanako"),
            commit="0123456789abcdef0123456789abcdef01234567",
            committed="2026-11-20T01:00:00Z",
            run=RUN,
            applied_by=msg("{value}", value=words("hanako")),
            applied_at="2026-11-28T03:00:02Z",
        ),
        **more,
    )


def finding_lines(words: Words = plain) -> tuple[FindingLine, ...]:
    opened = FindingLine(
        id="f-1a2b3c4d", shop="kyoto-tea", field="amazon.notification_email", name=msg("Notification email"),
        kind=FindingClass.DRIFTED, state=FindingState.OPEN, severity=FindingSeverity.MEDIUM, opened="2026-11-28T05:00:00Z",
        last_seen="2026-11-28T06:20:00Z", present=True, desired=words('"pay@kyoto-tea.example"'),
        observed=words('"hanako@kyoto-tea.example"'), actor=words("花子"), actor_type="MERCHANT", actor_at="2026-11-28T04:58:00Z",
        owner=words("@kyoto/payments"), file="shops/kyoto-tea.yaml", command="reconciler apply kyoto-tea",
    )  # fmt: skip
    accepted = replace(opened, id="f-2", state=FindingState.ACCEPTED, accepted_until="2026-12-24")
    resolved = replace(opened, id="f-3", state=FindingState.RESOLVED, present=False, resolved_by=ResolvedBy.HEALING)
    whole = replace(
        opened,
        id="f-4",
        kind=FindingClass.LEFT_CLOSED,
        name=None,
        field=None,
        severity=FindingSeverity.CRITICAL,
        desired=None,
    )
    return (whole, opened, accepted, resolved)


def shop(key: str = "kyoto-tea", words: Words = plain) -> ShopOverview:
    row = ShopRow(
        shop=ShopKey(key), state=ShopState.DRIFTED, severity=FindingSeverity.CRITICAL, findings=2, accepted=1,
        compared="2026-11-28T06:20:00Z", owner=words("@kyoto/payments"),
    )  # fmt: skip
    fields = (
        field_line("enabled", differs=False, words=words, desired="true", live="true", applied="true"),
        field_line(
            "notification_email", differs=True, words=words, desired=words('"pay@kyoto-tea.example"'),
            live=words('"hanako@kyoto-tea.example"'), applied=words('"pay@kyoto-tea.example"'),
            changed_by=msg("{value}", value=words("花子")),
            changed="2026-11-28T04:58:00Z",
        ),
        field_line(
            "mws_auth_token", differs=False, words=words, desired=NamedCell("secret", msg("(sensitive value)")),
            live=NamedCell("secret", msg("(sensitive value)")), file=None, run=None,
        ),
    )  # fmt: skip
    done, resume, _ = runs()
    problem = diagnostic(codes.UNKNOWN_KEY, msg("Unknown key {key} in `{above}`", key=words("enabld"), above="amazon"))
    return ShopOverview(
        name=NAME,
        shop=ShopKey(key),
        row=row,
        declared=True,
        file="shops/kyoto-tea.yaml",
        problems=(problem,),
        live=LiveRead(reasons=(diagnostic(codes.UNREACHABLE, msg("The backend does not answer")),)),
        fields=fields,
        findings=finding_lines(words),
        runs=(ShopRun(run=replace(done, actor=words(done.actor)), steps=steps()), ShopRun(run=resume)),
        heals=heal_lines(words),
        proposal=proposals(words)[0],
        closures=closures().latest[:1],
        deferred=deferred(words)[0],
        lease=LeaseLine(run=RUN, owner=words("runner-1:99"), taken=NOW, expires="2026-11-28T06:25:00Z"),
        notifications=TablePage(table=notifications(words), older="40"),
        notices=(msg("Another run is writing the shop"),),
    )  # fmt: skip


def heal_lines(words: Words = plain) -> tuple[HealLine, ...]:
    healed = HealLine(
        at="2026-11-28T02:00:00Z", shop=ShopKey("kyoto-tea"), field="amazon.notification_email", finding="f-3",
        rule=words("mail"), outcome=HealOutcome.HEALED, actor=words("花子"), run=RUN,
    )  # fmt: skip
    return (healed, replace(healed, outcome=HealOutcome.FAILED, run=None))


def proposals(words: Words = plain) -> tuple[ProposalLine, ...]:
    return (
        ProposalLine(
            shop=ShopKey("kyoto-tea"), file=words(".reconciler/proposals/kyoto-tea.json"), fingerprint="sha256:" + "ef" * 32,
            rule=words("mail"), at="2026-11-28T02:00:00Z", findings=("f-1a2b3c4d", "f-2"),
        ),
    )  # fmt: skip


def deferred(words: Words = plain) -> tuple[DeferredLine, ...]:
    line = DeferredLine(
        shop=ShopKey("kyoto-tea"), place=words("github:kyoto/shops"), number=12, head="0123456789abcdef",
        leaf="sha256:" + "cd" * 32, state=NamedCell("deferred", msg("deferred")), approved=words("taro, hanako"),
        since="2026-11-27T06:00:00Z",
        expires="2026-12-04T06:00:00Z", window=OpeningTimes(opens="2026-11-28T17:00:00Z", closes="2026-11-28T20:00:00Z"),
    )  # fmt: skip
    return (
        line,
        replace(line, window=None, state=NamedCell("expired", msg("expired"))),
        replace(
            line, any_time=True, state=NamedCell("dropped", msg("dropped")), dropped=NOW, dropped_by=words("hanako")
        ),
        replace(line, window=OpeningTimes(opens=None, closes="2026-11-28T20:00:00Z")),
    )


def reviews(words: Words = plain) -> ReviewOverview:
    leaves = tuple(ShopLeaf(shop=ShopKey(f"shop-{at:05}"), digest="sha256:" + f"{at:02x}" * 32) for at in range(3))
    plan = ReviewLine(
        place=words("github:kyoto/shops"), number=12, head="0123456789abcdef", base="fedcba9876543210",
        fingerprint="sha256:" + "ab" * 32, created="2026-11-27T06:00:00Z", leaves=leaves, earlier=2,
    )  # fmt: skip
    return ReviewOverview(
        name=NAME,
        plans=(plan, replace(plan, number=11, leaves=())),
        deferred=deferred(words),
        proposals=proposals(words),
    )


def notifications(words: Words = plain) -> TableResult:
    columns = (
        *(("number", msg("Number")), ("received", msg("Received")), ("shop", msg("Shop")), ("status", msg("Status"))),
        *(("reason", msg("Reason")), ("order", msg("Order")), ("kind", msg("Kind")), ("object", msg("Object"))),
        ("tries", msg("Attempts")),
    )
    rows = tuple(
        (
            number,
            "2026-11-28T05:00:00Z",
            "kyoto-tea",
            NamedCell(status, msg("parked") if status == "parked" else msg("processed")),
            NamedCell("paid", msg("paid")),
            words("100000000012"),
            "PaymentCapture",
            words("S03-1234567-1234567-C000001"),
            1,
        )
        for number, status in ((42, "done"), (41, "parked"))
    )
    return TableResult(name="notifications", columns=columns, rows=rows, empty=msg("No notification matches."))


def inbox(words: Words = plain) -> InboxOverview:
    counts = TableResult(
        name="notification-counts",
        columns=(("what", msg("Item")), ("which", msg("Detail")), ("count", msg("Count")), ("at", msg("Time"))),
        rows=((NamedCell("messages", msg("Notifications")), NamedCell("done", msg("processed")), 41_000, NOW),),
        empty=msg("(none)"),
    )  # fmt: skip
    refused = TableResult(
        name="refused-notifications",
        columns=(("number", msg("Number")), ("received", msg("Received")), ("shop", msg("Shop")), ("topic", msg("TopicArn"))),
        rows=((7, "2026-11-28T05:00:00Z", "kyoto-tea", words("arn:aws:sns:ap-northeast-1:291180941288:A3CVR7YVO2JLS5-topic")),),
        empty=msg("(none)"),
    )  # fmt: skip
    mails = TableResult(
        name="mails",
        columns=(("number", msg("Number")), ("shop", msg("Shop")), ("answer", msg("Answer"))),
        rows=((3, "kyoto-tea", words("550 5.1.1 mailbox unknown")),),
        empty=msg("(none)"),
    )
    return InboxOverview(
        name=NAME,
        counts=counts,
        messages=TablePage(table=notifications(words), older="40"),
        refused=TablePage(table=refused, older="7"),
        mails=TablePage(table=mails),
    )


def onboarding(query: OnboardingQuery, words: Words = plain) -> OnboardingOverview:
    """240 shops: of six, one is revoked, one unknown, one unread, two are incomplete and one is complete."""
    shops = [_onboarded(at, words) for at in range(240)]
    found = [
        shop
        for shop in loudest_first(shops)
        if query.state in (None, shop.state) and query.party in (None, shop.acts_first) and query.words in shop.shop
    ]
    first = (query.page - 1) * PAGE_SIZE
    return OnboardingOverview(
        name=NAME,
        found=OnboardingRows(
            checked=NOW,
            states=Counter(shop.state for shop in shops),
            parties=Counter(shop.acts_first for shop in shops if shop.acts_first is not None),
            rows=tuple(found[first : first + PAGE_SIZE]),
            total=len(found),
            page=query.page,
        ),
    )


_ONBOARDED = (
    (OnboardingState.REVOKED, OnboardingItem.CONTRACT, ItemState.MISSING, ActingParty.AMAZON, ItemReason.WITHDRAWN),
    (OnboardingState.SHOP_UNKNOWN, OnboardingItem.OPTION, ItemState.UNKNOWN, ActingParty.US, ItemReason.SHOP_UNKNOWN),
    (OnboardingState.UNREAD, OnboardingItem.TOKEN, ItemState.UNKNOWN, ActingParty.US, ItemReason.SECRET_UNREAD),
    (OnboardingState.INCOMPLETE, OnboardingItem.TOKEN, ItemState.MISSING, ActingParty.MERCHANT, None),
    (OnboardingState.INCOMPLETE, OnboardingItem.ENDPOINT, ItemState.EXPIRED, ActingParty.MERCHANT, ItemReason.OUTDATED),
)


def _onboarded(at: int, words: Words) -> ShopOnboarding:
    key, place = f"shop-{at:05}", words("shops/a.yaml")
    if at % 6 == 5:
        done = ItemStatus(item=OnboardingItem.LIVE, state=ItemState.DONE)
        return ShopOnboarding(shop=key, state=OnboardingState.COMPLETE, items=(done,), place=place)
    state, item, stands, party, reason = _ONBOARDED[at % 6]
    status = ItemStatus(
        item=item, state=stands, party=party, reason=reason, since="2026-11-20T03:00:00Z", until="2026-11-01"
    )
    return ShopOnboarding(shop=key, state=state, items=(status,), place=place)


def alerts(words: Words = plain) -> AlertsOverview:
    table = TableResult(
        name="alert-list",
        columns=(
            *(("id", msg("Id")), ("created", msg("Created")), ("channel", msg("Channel")), ("state", msg("State"))),
            *(("shop", msg("Shop")), ("field", msg("Field")), ("count", msg("Findings")), ("error", msg("Problem"))),
        ),
        rows=(
            ("al-1", NOW, words("slack"), NamedCell("sent", msg("sent")), "kyoto-tea", words("amazon.seller_id"), 1, None),
            ("al-2", NOW, words("mail"), NamedCell("failed", msg("given up")), None, None, 18, words("550 no")),
        ),
        empty=msg("No alert was queued."),
    )  # fmt: skip
    return AlertsOverview(
        name=NAME, alerts=TablePage(table=table, older="al-2"), channels=(words("slack"), words("mail"))
    )


def run(words: Words = plain) -> RunOverview:
    shops = (
        RunShop(
            shop=ShopKey("kyoto-tea"), outcome=NamedCell("failed", msg("failed")), steps_done=1, code="conflict",
            started="2026-11-28T03:00:01Z", ended="2026-11-28T03:00:31Z", closed_seconds=12.5, steps=steps(),
        ),
        RunShop(shop=ShopKey("nara-brushes"), outcome=NamedCell("applied", msg("applied")), steps_done=3),
    )  # fmt: skip
    waves = (
        WaveLine(wave=1, name=words("canary"), shops=1, started=NOW, ended=NOW, passed=True),
        WaveLine(wave=2, name="", shops=2, started=NOW, ended=NOW, passed=False, why=("failure-limit",)),
        WaveLine(wave=3, name="", shops=2, started=NOW),
    )
    return RunOverview(
        name=NAME, run=replace(runs()[0], actor=words("hanako"), host=words("runner-1")), waves=waves, shops=shops, total=2,
        closures=closures().latest, closure_count=2, closed_seconds=12.92,
    )  # fmt: skip


@dataclass
class SampleSources:
    """Implements ConsoleSources. `words` changes each text that people outside can choose; `shops` is the size of the fleet;
    `failure` is what its first page raises.
    """

    shops: int = 240
    words: Words = plain
    empty: bool = False
    failure: Exception | None = None

    async def fleet(self, query: ShopQuery) -> FleetOverview:
        if self.failure is not None:
            raise self.failure
        return nothing() if self.empty else fleet(self.shops, query, self.words)

    async def shop(self, shop_key: str) -> ShopOverview | None:
        if shop_key != "kyoto-tea" and not shop_key.startswith("shop-"):
            return None
        return shop(shop_key, self.words)

    async def runs(self, query: RunQuery) -> RunPage:
        found = () if self.empty else tuple(replace(each, actor=self.words(each.actor)) for each in runs())
        if query.status is not None:
            found = tuple(each for each in found if each.status is query.status)
        return RunPage(
            name=NAME, runs=found, older=None if self.empty else KILLED, searched=5_000 if query.words else None
        )

    async def run(self, run_id: str, page: int = 1) -> RunOverview | None:
        return run(self.words) if run_id == RUN else None

    async def reviews(self) -> ReviewOverview:
        return ReviewOverview(name=NAME) if self.empty else reviews(self.words)

    async def inbox(self, query: InboxQuery) -> InboxOverview:
        return InboxOverview(name=NAME) if self.empty else inbox(self.words)

    async def notification(self, number: int) -> NotificationOverview | None:
        if number != 42:
            return None
        table = replace(notifications(self.words), rows=notifications(self.words).rows[:1], transposed=True)
        return NotificationOverview(name=NAME, number=number, table=table)

    async def onboarding(self, query: OnboardingQuery) -> OnboardingOverview:
        return OnboardingOverview(name=NAME, found=OnboardingRows()) if self.empty else onboarding(query, self.words)

    async def alerts(self, query: AlertsQuery) -> AlertsOverview:
        if self.empty:
            empty = replace(alerts().alerts.table, rows=())
            return AlertsOverview(name=NAME, alerts=TablePage(table=empty))
        return alerts(self.words)


PAGES = {
    "fleet": "/",
    "shops": "/shops",
    "shops-filtered": "/shops?state=drifted&severity=high&order=findings",
    "shops-none": "/shops?words=nowhere",
    "shop": "/shops/kyoto-tea",
    "onboarding": "/onboarding",
    "onboarding-filtered": "/onboarding?state=incomplete&party=merchant",
    "runs": "/runs",
    "run": f"/runs/{RUN}",
    "plans": "/plans",
    "deferred": "/deferred",
    "healing": "/healing",
    "inbox": "/inbox",
    "notification": "/inbox/42",
    "alerts": "/alerts",
    "not-found": "/nothing",
    "bad-query": "/shops?state=lost",
}
"""Every page that a browser can open by its address, by name."""
