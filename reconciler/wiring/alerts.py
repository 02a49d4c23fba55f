"""The channels of alerts, from `alerts.yaml` beside the settings, with the texts that they send."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from reconciler.adapters.settings.settings import Settings
from reconciler.ports.alerts.alert_channel import AlertChannel
from reconciler.ports.alerts.alert_rules import AlertConfig
from reconciler.ports.alerts.channel_check import ChannelCheck
from reconciler.wiring.runtime import clock, relative_path, secrets

if TYPE_CHECKING:
    from reconciler.adapters.alerts.http_post import HttpPost
    from reconciler.adapters.settings.alert_channels import ChannelSettings
    from reconciler.adapters.settings.alert_rules import AlertsContent
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.adapters.smtp import SmtpMailer
    from reconciler.core.alerts.outcome import DeliveryError
    from reconciler.ports.alerts.alert_rules import AlertSettings

ALERTS_NAME = "alerts.yaml"


def alert_settings(settings: Settings) -> AlertSettings | None:
    """None where there is no file."""
    path = settings.root / ALERTS_NAME
    return ConfiguredAlerts(settings, path) if path.exists() or path.is_symlink() else None


async def check_channels(settings: Settings) -> Sequence[ChannelCheck]:
    """Nothing is sent. Of a valid file."""
    async with _open_channels(settings, settings.root / ALERTS_NAME) as channels:
        return [ChannelCheck(channel=channel.name, error=await channel.check()) for channel in channels]


@dataclass(frozen=True, slots=True)
class ConfiguredAlerts:
    """Implements ports.alerts.AlertSettings."""

    settings: Settings
    path: Path

    def read(self) -> AlertConfig:
        content = _read(self.path)
        return AlertConfig(rules=content.rules, diagnostics=content.diagnostics)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Mapping[str, AlertChannel]]:
        async with _open_channels(self.settings, self.path) as channels:
            yield {channel.name: channel for channel in channels}


class _CheckedChannel(AlertChannel, Protocol):
    async def check(self) -> DeliveryError | None: ...


def _read(path: Path) -> AlertsContent:
    from reconciler.adapters.settings.alert_rules import read_alerts

    return read_alerts(path, relative_path(path))


@asynccontextmanager
async def _open_channels(settings: Settings, path: Path) -> AsyncIterator[Sequence[_CheckedChannel]]:
    from reconciler.adapters.alerts.http_post import HttpPost

    async with HttpPost() as http:
        yield tuple(_channels(_read(path).channels, settings, http))


def _channels(declared: Sequence[ChannelSettings], settings: Settings, http: HttpPost) -> Iterator[_CheckedChannel]:
    from reconciler.adapters.alerts.apprise_channel import AppriseChannel
    from reconciler.adapters.alerts.mail_channel import MailChannel
    from reconciler.adapters.alerts.slack_channel import SlackChannel
    from reconciler.adapters.alerts.webhook_channel import WebhookChannel
    from reconciler.adapters.settings.alert_channels import MailChannelSettings, SlackSettings, WebhookSettings
    from reconciler.views.alerts.plain_text import plain_alert
    from reconciler.views.alerts.slack_blocks import slack_alert
    from reconciler.views.json.alert_event import alert_event

    resolver, time = secrets(settings), clock()
    for each in declared:
        match each:
            case WebhookSettings():
                yield WebhookChannel(
                    name=each.name,
                    url=each.url,
                    signing=each.secrets,
                    secrets=resolver,
                    clock=time,
                    http=http,
                    event=alert_event,
                )
            case SlackSettings():
                yield SlackChannel(
                    name=each.name,
                    url=each.url,
                    language=each.language,
                    secrets=resolver,
                    clock=time,
                    http=http,
                    message=slack_alert,
                )
            case MailChannelSettings():
                yield MailChannel(
                    name=each.name,
                    to=each.to,
                    sender=each.server.sender,
                    sender_name=each.server.sender_name,
                    language=each.language,
                    mailer=partial(_mailer, settings, each.server),
                    text=plain_alert,
                )
            case _:
                yield AppriseChannel(
                    name=each.name, url=each.url, language=each.language, secrets=resolver, text=plain_alert
                )


def _mailer(settings: Settings, server: MailSettings) -> SmtpMailer:
    """Raises SecretMissing."""
    from reconciler.adapters.smtp import SmtpMailer

    return SmtpMailer(server, None if server.password is None else secrets(settings).resolve(server.password), clock())
