"""The channels of the simulated fleet, its rules, and what goes through them.

In: the fleet. Out: a session whose alerts reach receivers that the test can switch off, and the log of what they received.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.adapters.alerts.http_post import HttpPost
from reconciler.adapters.alerts.mail_channel import MailChannel
from reconciler.adapters.alerts.webhook_channel import WebhookChannel
from reconciler.adapters.settings.alert_channels import ChannelSettings, MailChannelSettings, WebhookSettings
from reconciler.adapters.settings.alert_rules import AlertsContent, read_alerts
from reconciler.adapters.smtp import SmtpMailer
from reconciler.core.alerts.alert import Alert, AlertKind, AlertState
from reconciler.core.alerts.outcome import SendOutcome
from reconciler.ports.alerts.alert_channel import AlertChannel
from reconciler.ports.alerts.alert_rules import AlertConfig
from reconciler.views.alerts.plain_text import plain_alert
from reconciler.views.json.alert_event import alert_event
from reconciler.workflows.session import Session
from tests.simulation.alerts_judge import Rule
from tests.simulation.kill_points import Life
from tests.simulation.receivers import HookServer, MailOffice, serving
from tests.simulation.world_log import ChannelTurned, Informed, Item, Log, Received, Tried

CHANNELS = ("hook", "desk")
RULES = (
    Rule(labels=frozenset({("tier", "test")}), when="never"),
    Rule(severity="high"),
    Rule(labels=frozenset({("owner", "shop-team")}), channels=frozenset({"desk"}), when="09:00"),
    Rule(channels=frozenset({"hook"})),
)
"""As the file below says, in the order of the file."""
FILE = """\
apiVersion: reconciler/v1
channels:
  hook: {{kind: webhook, url: "{hook}", secret: ref+env://SIMULATED_SECRET}}
  desk: {{kind: mail, to: [desk@example.jp], language: ja}}
mail: {{host: 127.0.0.1, port: {port}, security: none, sender: alerts@example.jp}}
rules:
  - {{label: {{tier: test}}, when: never}}
  - {{severity: high}}
  - {{label: {{owner: shop-team}}, channels: [desk], when: digest 09:00}}
  - {{channels: [hook]}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message says."""

    channel: str
    kind: str
    items: tuple[Item, ...]
    severities: tuple[str, ...]
    count: int
    cause: tuple[str, str, int] | None


class Receivers:
    """The other sides of the channels, real ones on loopback."""

    def __init__(self, log: Log, now: Callable[[], datetime], folder: Path) -> None:
        self.log = log
        self.now = now
        self.folder = folder
        self.down: set[str] = set()
        self.mails: dict[str, Content] = {}
        """By key: what was handed over to be sent by mail, since the text of a mail is for people."""
        self._last: dict[str, int] = {}
        self._sides: tuple[HookServer, MailOffice] | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        with serving(self.now, self.hook_received, self.mail_received) as (hook, office):
            self._sides = hook, office
            (self.folder / "alerts.yaml").write_text(FILE.format(hook=hook.url, port=office.port))
            yield
        assert hook.refused == []

    def turn(self, channel: str, fault: str | None) -> None:
        assert self._sides is not None
        hook, office = self._sides
        if channel == "hook":
            hook.fault = fault
        else:
            office.turn(fault)
        (self.down.discard if fault is None else self.down.add)(channel)
        self.log.append(ChannelTurned(at=self.now(), channel=channel, up=fault is None))

    def hook_received(self, event: Any) -> None:
        data = event["data"]
        cause = data["cause"]
        rows = [(each["event"], each["at"], each["finding"]) for each in data["findings"]]
        content = Content(
            channel="hook",
            kind=data["kind"],
            items=tuple((row["shop"], row["field"] or "", row["kind"], what, at) for what, at, row in rows),
            severities=tuple(row["severity"] for _, _, row in rows),
            count=data["count"],
            cause=None if cause is None else (cause["what"], cause["value"], cause["count"]),
        )
        self._note(event["id"], content)

    def mail_received(self, key: str) -> None:
        self._note(key, self.mails[key])

    def _note(self, key: str, content: Content) -> None:
        self._last[content.channel] = len(self.log)
        self.log.append(
            Received(
                at=self.now(), channel=content.channel, key=key, kind=content.kind, items=content.items,
                severities=content.severities, count=content.count, cause=content.cause, confirmed=False,
            )
        )  # fmt: skip

    def confirm(self, channel: str) -> None:
        """The sender wrote down that its last message was sent."""
        place = self._last[channel]
        entry = self.log[place]
        assert isinstance(entry, Received)
        self.log[place] = replace(entry, confirmed=True)

    def around(self, session: Session, life: Life) -> Session:
        """The session with these channels."""
        return replace(
            session,
            outboxes=WatchedOutboxes(session.outboxes, self, life),
            alerts=lambda: SimulatedAlerts(self, session, life),
        )


def content_of(alert: Alert) -> Content:
    cause = alert.cause
    return Content(
        channel=alert.channel,
        kind=alert.kind.value,
        items=tuple(
            (key.shop, key.field, key.kind.value, event.kind.value, event.at)
            for event in alert.events
            for key in [event.finding.key]
        ),
        severities=tuple(event.finding.severity.word for event in alert.events),
        count=alert.count,
        cause=None if cause is None else (cause.what, cause.value, cause.count),
    )


@dataclass(frozen=True, slots=True)
class SimulatedAlerts:
    """Implements ports.alerts.AlertSettings over the file, with the tool's own channels, for one life."""

    receivers: Receivers
    session: Session
    life: Life

    def read(self) -> AlertConfig:
        content = self._content()
        return AlertConfig(rules=content.rules, diagnostics=content.diagnostics)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Mapping[str, Any]]:
        async with HttpPost() as http:
            channels = [self._channel(each, http) for each in self._content().channels]
            yield {each.name: MortalChannel(each, self.receivers, self.life) for each in channels}

    def _content(self) -> AlertsContent:
        return read_alerts(self.receivers.folder / "alerts.yaml", "alerts.yaml")

    def _channel(self, given: ChannelSettings, http: HttpPost) -> AlertChannel:
        clock = self.session.clock
        if isinstance(given, MailChannelSettings):
            mailer = SmtpMailer(given.server, None, clock)
            return MailChannel(
                name=given.name, to=given.to, sender=given.server.sender, sender_name=given.server.sender_name,
                language=given.language, mailer=lambda: mailer, text=plain_alert,
            )  # fmt: skip
        assert isinstance(given, WebhookSettings)
        return WebhookChannel(
            name=given.name, url=given.url, signing=given.secrets, secrets=self.session.secrets, clock=clock, http=http,
            event=alert_event,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MortalChannel:
    """Implements ports.alerts.AlertChannel."""

    inner: AlertChannel
    receivers: Receivers
    life: Life

    @property
    def name(self) -> str:
        return self.inner.name

    async def send(self, alert: Alert) -> SendOutcome:
        self.receivers.mails[alert.id] = content_of(alert)
        with self.life.during("send"):
            return await self.inner.send(alert)


class WatchedOutboxes:
    """Implements ports.alerts.AlertOutboxes, for one life; notes what was queued, tried and sent."""

    def __init__(self, inner: Any, receivers: Receivers, life: Life) -> None:
        self._inner, self._receivers, self._life = inner, receivers, life

    @contextmanager
    def open(self, *, create: bool) -> Iterator[Any]:
        with self._inner.open(create=create) as outbox:
            yield None if outbox is None else WatchedOutbox(outbox, self._receivers, self._life)

    def ephemeral_place(self) -> None:
        return None


class WatchedOutbox:
    def __init__(self, inner: Any, receivers: Receivers, life: Life) -> None:
        self._inner, self._receivers, self._life = inner, receivers, life

    def counts(self, fleet: str) -> Any:
        return self._inner.counts(fleet)

    def queue(self, fleet: str, channel: str, now: str, plan: Any) -> Any:
        with self._life.during("queue"):
            queued = self._inner.queue(fleet, channel, now, plan)
            self._receivers.log.append(Informed(at=self._receivers.now(), channel=channel))
            return queued

    def claim(self, *words: Any) -> Any:
        with self._life.during("claim"):
            claim = self._inner.claim(*words)
            if claim is not None:
                digest = claim.alert.kind is AlertKind.DIGEST and claim.attempt == 1
                entry = Tried(at=self._receivers.now(), channel=claim.alert.channel, digest=digest)
                self._receivers.log.append(entry)
            return claim

    def mark(self, claim: Any, end: Any) -> None:
        with self._life.during("mark"):
            self._inner.mark(claim, end)
            if end.state is AlertState.SENT:
                self._receivers.confirm(claim.alert.channel)
