"""Alerts after a drift check: once per problem and channel, and never a reason for the check to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from reconciler.adapters.store.alerts.alert_outbox import StoreAlerts
from reconciler.core.alerts.alert import Alert, AlertKind, AlertState
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendOutcome, SendRefused, Sent
from reconciler.core.alerts.retries import LEASE, AttemptEnd
from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.selection import Selection
from reconciler.ports import SetupError, Unreachable
from reconciler.ports.alerts.outbox import ClaimedAlert
from reconciler.workflows.alerts import deliver
from reconciler.workflows.alerts.send import send_due_alerts, try_channel
from reconciler.workflows.alerts.stored import AlertListRequest, AlertResendRequest, list_alerts, resend_alerts
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from tests.support.alerts.event_samples import FixedAlerts, KeepingChannel
from tests.support.manual_clock import HandClock
from tests.support.session_harness import Caller, merchant_edits, open_caller, write_fleet

DOWN = Retry(error=DeliveryError(problem=DeliveryProblem.UNREACHABLE, text="connection refused"))
GONE = SendRefused(error=DeliveryError(problem=DeliveryProblem.REFUSED, status=410, text="Gone"))
RULES = AlertRules(channels=("ops-chat", "oncall"), rules=(AlertRule(),))


@dataclass
class Desk:
    """A fleet with two channels, of which each keeps what it got."""

    caller: Caller
    rules: AlertRules = RULES
    ops: KeepingChannel = field(default_factory=KeepingChannel)
    oncall: KeepingChannel = field(default_factory=lambda: KeepingChannel(name="oncall"))

    def run(self, use_case: Callable[..., Any], *request: Any, **changes: Any) -> Any:
        given = FixedAlerts(rules=self.rules, channels={"ops-chat": self.ops, "oncall": self.oncall})
        session = replace(self.caller.session, **({"alerts": lambda: given} | changes))
        return replace(self.caller, session=session).run(use_case, *request)

    def drift(self, **words: Any) -> Any:
        return self.run(detect_drift, DriftRequest(**words))

    def ask(self, use_case: Callable[..., Any], request: Any) -> Any:
        async def asked(session: Any) -> Any:
            return use_case(session, request)

        return self.run(asked)

    def notices(self, use_case: Callable[..., Any], request: Any) -> list[str]:
        return [str(each) for each in self.ask(use_case, request).notices]

    def table(self, use_case: Callable[..., Any], request: Any) -> list[dict[str, Any]]:
        result = self.ask(use_case, request)
        keys = [key for key, _ in result.columns]
        return [dict(zip(keys, (getattr(cell, "key", cell) for cell in row), strict=True)) for row in result.rows]

    def listed(self, **words: Any) -> list[dict[str, Any]]:
        return self.table(list_alerts, AlertListRequest(**words))

    def edit(self, shop: str, mail: str) -> None:
        merchant_edits(self.caller.folder, shop, notificationEmail=mail)

    def sent(self) -> list[tuple[str, str]]:
        """What came to the first channel since this was asked last: the shop and the event."""
        found = [(each.finding.key.shop, each.kind.value) for alert in self.ops.got for each in alert.events]
        self.ops.got.clear()
        return found


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("FLEET_TOKEN", "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4")
    desk = Desk(open_caller(write_fleet(tmp_path / "fleet")))
    first = desk.drift()
    assert [str(each) for each in first.notices] == [
        "Alerts to ops-chat, oncall start now (open findings: 10); later checks send only what changes"
    ]
    assert desk.ops.got == []
    return desk


def numbers(result: Any) -> list[str]:
    return [each.code.number for each in result.all_diagnostics if each.code.number.startswith("F2")]


def test_a_change_is_alerted_once_to_each_channel(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    desk.drift()
    (alert,) = desk.ops.got
    assert (alert.kind, alert.count) == (AlertKind.FINDING, 1)
    assert alert.events[0].finding.author is not None
    assert len(desk.oncall.got) == 1
    assert desk.oncall.got[0].id != alert.id
    assert [(each["channel"], each["state"], each["shop"]) for each in desk.listed()] == [
        ("oncall", "sent", "kyoto-tea"),
        ("ops-chat", "sent", "kyoto-tea"),
    ]


def test_what_is_shown_does_not_narrow_what_is_alerted(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift(severity=FindingSeverity.CRITICAL, owner="@nobody", new=True)
    assert desk.sent() == [("kyoto-tea", "changed")]


def test_a_check_of_some_shops_alerts_what_it_saw(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.edit("uji-cups", "a@uji-cups.example")
    desk.drift(selection=Selection(globs=("uji-cups",)))
    assert desk.sent() == [("uji-cups", "changed")]
    desk.drift()
    assert desk.sent() == [("kyoto-tea", "changed")]


def test_without_alerts_the_next_check_sends_what_this_one_found(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift(alerts=False)
    assert desk.sent() == []
    desk.drift()
    assert desk.sent() == [("kyoto-tea", "changed")]


def test_what_is_due_is_sent_also_where_the_backend_cannot_be_read(desk: Desk) -> None:
    @asynccontextmanager
    async def unreachable(_listener: object) -> AsyncIterator[Any]:
        raise Unreachable(msg("no connection"))
        yield

    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift(alerts=False)
    desk.ops.answer = lambda _alert: DOWN
    with pytest.raises(Unreachable):
        desk.run(detect_drift, DriftRequest(), observing=unreachable)
    assert desk.sent() == [("kyoto-tea", "changed")]
    (delayed,) = desk.caller.listener.diagnostics
    assert delayed.code is codes.ALERT_DELAYED


def test_without_a_file_nothing_is_queued(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.run(detect_drift, DriftRequest(), alerts=lambda: None)
    assert desk.listed() == []


def test_an_invalid_file_stops_the_check_before_it_reads_anything(desk: Desk) -> None:
    wrong = FixedAlerts(
        rules=AlertRules(channels=(), rules=()), channels={}, diagnostics=(diagnostic(codes.BAD_ALERTS, msg("wrong")),)
    )
    desk.caller.listener.requests.clear()
    for use_case, request in ((detect_drift, [DriftRequest()]), (send_due_alerts, []), (try_channel, ["ops-chat"])):
        result = desk.run(use_case, *request, alerts=lambda: wrong)
        assert (result.kind, result.exit_code) == ("failure", ExitCode.ERROR)
    assert desk.caller.listener.requests == []


def test_a_channel_that_is_down_is_tried_once_a_run_and_delays_no_other_one(desk: Desk) -> None:
    desk.ops.answer = lambda _alert: DOWN
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.edit("uji-cups", "a@uji-cups.example")
    result = desk.drift()
    assert result.exit_code is ExitCode.DIFFERENCES
    assert [str(each.summary) for each in result.all_diagnostics if each.code is codes.ALERT_DELAYED] == [
        "Alerts to ops-chat could not be sent: no connection (connection refused)"
    ]
    assert (len(desk.ops.got), len(desk.oncall.got)) == (1, 2)
    waiting = desk.listed(state=AlertState.QUEUED, channel="ops-chat")
    assert [each["attempts"] for each in waiting] == [0, 1]


def test_a_refused_alert_holds_no_other_one_and_can_be_resent(desk: Desk) -> None:
    def answer(alert: Alert) -> SendOutcome:
        return GONE if alert.events[0].finding.key.shop == "kyoto-tea" else Sent(answer="ok")

    desk.ops.answer = answer
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.edit("uji-cups", "a@uji-cups.example")
    assert numbers(desk.drift()) == ["F202"]
    assert desk.sent() == [("kyoto-tea", "changed"), ("uji-cups", "changed")]
    (failed,) = desk.listed(state=AlertState.FAILED)
    assert (failed["problem"], failed["status"], failed["detail"]) == ("refused", 410, "Gone")
    desk.ops.answer = KeepingChannel().answer
    (resent,) = desk.table(resend_alerts, AlertResendRequest(failed=True))
    assert (resent["id"], resent["state"]) == (failed["id"], "queued")
    result = desk.run(send_due_alerts)
    assert result.rows == (("ops-chat", 1, 0, 0),)
    assert [each.id for each in desk.ops.got] == [failed["id"]]
    assert desk.table(resend_alerts, AlertResendRequest(failed=True)) == []


def test_an_alert_that_is_named_twice_is_resent_once(desk: Desk) -> None:
    desk.rules = replace(RULES, channels=("ops-chat",))
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    (sent,) = desk.listed()
    resent = desk.table(resend_alerts, AlertResendRequest(ids=(sent["id"][:6], sent["id"])))
    assert [each["id"] for each in resent] == [sent["id"]]
    with pytest.raises(SetupError, match="No alert has the id"):
        desk.table(resend_alerts, AlertResendRequest(ids=("",)))


def test_a_channel_that_fails_in_itself_fails_no_check(desk: Desk) -> None:
    def fail(_alert: Alert) -> SendOutcome:
        raise ZeroDivisionError("a secret")

    desk.ops.answer = fail
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    assert numbers(desk.drift()) == ["F201"]
    (stored,) = desk.listed(channel="ops-chat")
    assert (stored["problem"], stored["detail"]) == ("internal-error", "ZeroDivisionError")


def test_an_outbox_that_cannot_be_used_fails_no_check(desk: Desk) -> None:
    class Full:
        @contextmanager
        def open(self, *, create: bool) -> Any:
            raise SetupError(msg("the disk is full"))
            yield

        def ephemeral_place(self) -> None:
            return None

    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    result = desk.run(detect_drift, DriftRequest(), outboxes=Full())
    assert (result.exit_code, numbers(result)) == (ExitCode.DIFFERENCES, ["F203"])
    desk.drift()
    assert desk.sent() == [("kyoto-tea", "changed")]


def test_an_alert_that_was_sent_and_not_marked_comes_again_under_the_same_id(desk: Desk) -> None:
    """The store fails between the two; the claim expires later."""
    real = desk.caller.session.outboxes

    class Failing(StoreAlerts):
        def mark(self, claim: ClaimedAlert, end: AttemptEnd) -> None:
            raise SetupError(msg("the disk is full"))

    class Stores:
        @contextmanager
        def open(self, *, create: bool) -> Any:
            with real.open(create=create) as outbox:
                assert isinstance(outbox, StoreAlerts)
                yield Failing(outbox._store)  # the same store

        def ephemeral_place(self) -> None:
            return None

    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    assert numbers(desk.run(detect_drift, DriftRequest(), outboxes=Stores())) == ["F203"]
    assert desk.run(send_due_alerts).rows == (), "another sender may be at work"
    clock = HandClock(desk.caller.session.clock.now() + timedelta(seconds=LEASE + 1))
    assert desk.run(send_due_alerts, clock=clock).rows == (("ops-chat", 1, 0, 0), ("oncall", 1, 0, 0))
    assert len(desk.ops.got) == 2
    assert len({each.id for each in desk.ops.got}) == 1


def test_a_channel_that_does_not_answer_is_left_after_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(KeepingChannel):
        async def send(self, alert: Alert) -> SendOutcome:
            await anyio.sleep_forever()
            raise AssertionError

    monkeypatch.setattr(deliver, "LONGEST_SEND", 0.01)
    desk.ops = Silent()
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    (stored,) = desk.listed(channel="ops-chat")
    assert (stored["state"], stored["problem"]) == ("queued", "timed-out")
    assert len(desk.oncall.got) == 1


def test_in_a_ci_job_without_a_lasting_store_nothing_is_alerted_and_a_warning_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.caller.folder / ".git").mkdir()
    monkeypatch.setenv("CI", "true")
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    result = desk.drift()
    assert numbers(result) == ["F203"]
    assert "Alerts need a store that lasts" in str(result.all_diagnostics)
    assert desk.sent() == []


def test_alerts_send_queues_what_a_killed_check_recorded(desk: Desk) -> None:
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift(alerts=False)
    assert desk.run(send_due_alerts).rows == (("ops-chat", 1, 0, 0), ("oncall", 1, 0, 0))
    assert desk.sent() == [("kyoto-tea", "changed")]
    assert desk.run(send_due_alerts).rows == ()


def test_a_channel_that_starts_between_two_checks_is_named(desk: Desk) -> None:
    desk.rules = replace(RULES, channels=("ops-chat", "pager"))
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift(alerts=False)
    result = desk.run(send_due_alerts)
    assert [str(each) for each in result.notices] == [
        "Alerts to pager start now (open findings: 10); later checks send only what changes"
    ]
    assert desk.sent() == [("kyoto-tea", "changed")]


def test_alerts_that_wait_for_a_renamed_channel_are_named_until_the_channel_is_back(desk: Desk) -> None:
    desk.oncall.answer = lambda _alert: DOWN
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    (waiting,) = desk.listed(state=AlertState.QUEUED)
    line = "Alerts wait for channels that alerts.yaml does not have: oncall (1)"
    desk.rules = replace(RULES, channels=("ops-chat", "pager"))
    assert [str(each) for each in desk.drift().notices][1:] == [line]
    assert desk.drift().notices == (), "it is said when the channel is renamed, and by `alerts list`"
    assert desk.notices(list_alerts, AlertListRequest()) == [line]
    (sent,) = desk.listed(state=AlertState.SENT)
    assert desk.notices(resend_alerts, AlertResendRequest(ids=(sent["id"],)))[1:] == [line]
    desk.rules = RULES
    assert desk.notices(list_alerts, AlertListRequest()) == []
    desk.oncall.answer = KeepingChannel().answer
    desk.oncall.got.clear()
    desk.run(send_due_alerts, clock=HandClock(desk.caller.session.clock.now() + timedelta(hours=1)))
    assert [each.id for each in desk.oncall.got] == [waiting["id"]]


def test_a_digest_waits_for_its_time(desk: Desk) -> None:
    desk.rules = AlertRules(channels=("ops-chat",), rules=(AlertRule(delivery=Delivery.DIGEST, digest_at="09:00"),))
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    assert desk.run(send_due_alerts).rows == ()
    (stored,) = desk.listed()
    assert (stored["kind"], stored["state"], stored["count"]) == ("digest", "queued", 1)
    assert stored["due"].endswith("T00:00:00Z")
    assert stored["shop"] is None


def test_a_test_alert_shows_the_answer_and_is_not_kept(desk: Desk) -> None:
    result = desk.run(try_channel, "oncall")
    (alert,) = desk.oncall.got
    assert (alert.kind, alert.events, alert.count) == (AlertKind.TEST, (), 0)
    assert result.rows == (("oncall", "ok", alert.id),)
    assert desk.listed() == []


def test_a_test_alert_that_is_not_accepted_says_why(desk: Desk) -> None:
    desk.oncall.answer = lambda _alert: GONE
    result = desk.run(try_channel, "oncall")
    assert result.exit_code is ExitCode.ERROR
    (why,) = result.all_diagnostics
    assert str(why.summary) == "The test alert to oncall was not accepted: refused (410 Gone)"
    assert desk.oncall.got[0].id not in str(result)


@pytest.mark.parametrize(
    ("use_case", "request_", "text"),
    [
        (try_channel, "pager", "unknown channel `pager` \\(available: ops-chat, oncall\\)"),
        (list_alerts, AlertListRequest(before="00ff"), "No alert has the id 00ff"),
        (resend_alerts, AlertResendRequest(ids=("00ff",)), "No alert has the id 00ff"),
    ],
)
def test_what_is_not_there_is_named(desk: Desk, use_case: Callable[..., Any], request_: Any, text: str) -> None:
    called = desk.run if use_case is try_channel else desk.table
    with pytest.raises(SetupError, match=text):
        called(use_case, request_)


def test_without_a_file_there_is_nothing_to_send_over(desk: Desk) -> None:
    with pytest.raises(SetupError, match=r"alerts\.yaml does not exist"):
        desk.run(send_due_alerts, alerts=lambda: None)


def test_an_alert_that_waits_is_not_resent(desk: Desk) -> None:
    desk.ops.answer = lambda _alert: DOWN
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    (waiting,) = desk.listed(channel="ops-chat")
    with pytest.raises(SetupError, match=f"The alert {waiting['id']} is not sent yet: waiting"):
        desk.table(resend_alerts, AlertResendRequest(ids=(waiting["id"][:6],)))


def test_older_alerts_are_on_the_next_page(desk: Desk) -> None:
    for at in range(3):
        desk.edit("kyoto-tea", f"{at}@kyoto-tea.example")
        desk.drift()
    whole = desk.listed()
    page = desk.listed(limit=2, channel="ops-chat")
    assert page == [each for each in whole if each["channel"] == "ops-chat"][:2]
    (last,) = desk.listed(channel="ops-chat", before=page[-1]["id"][:8])
    assert last in whole[-2:]

    async def asked(session: Any) -> Any:
        return list_alerts(session, AlertListRequest(limit=2, channel="ops-chat", state=AlertState.SENT))

    (notice,) = desk.run(asked).notices
    command = f"reconciler alerts list --state sent --channel ops-chat --before {page[-1]['id'][:8]} --limit 2"
    assert command in str(notice)


def test_channels_are_served_at_the_same_time(desk: Desk) -> None:
    """The first channel answers only after the second one got its alert."""
    heard = anyio.Event()

    class Waiting(KeepingChannel):
        async def send(self, alert: Alert) -> SendOutcome:
            await heard.wait()
            return await super().send(alert)

    class Releasing(KeepingChannel):
        async def send(self, alert: Alert) -> SendOutcome:
            heard.set()
            return await super().send(alert)

    desk.ops, desk.oncall = Waiting(), Releasing(name="oncall")
    desk.edit("kyoto-tea", "a@kyoto-tea.example")
    desk.drift()
    assert (len(desk.ops.got), len(desk.oncall.got)) == (1, 1)


def test_the_channels_of_a_command_are_those_that_it_read(desk: Desk) -> None:
    """Between the rules and the channels lies a whole check, during which the file may become invalid."""
    file = desk.caller.folder / "alerts.yaml"
    file.write_text(
        "apiVersion: reconciler/v1\nchannels:\n  ops-chat: {kind: slack, url: ref+env://OPS_CHAT_URL}\nrules: [{}]\n"
    )
    settings = desk.caller.session.alerts()
    assert settings is not None
    assert settings.read().rules.channels == ("ops-chat",)
    file.write_text("channels: [")

    async def opened() -> list[str]:
        async with settings.open() as channels:
            return list(channels)

    assert anyio.run(opened) == ["ops-chat"]
