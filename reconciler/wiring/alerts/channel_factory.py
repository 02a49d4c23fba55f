"""Channels from their settings, with the texts that they send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import Message
from reconciler.ports.alerts.alert_channel import AlertChannel
from reconciler.wiring.runtime import clock, secrets

if TYPE_CHECKING:
    from reconciler.adapters.alerts.http_post import HttpPost
    from reconciler.adapters.settings.alert_channels import (
        AppriseSettings,
        ChannelSettings,
        MailChannelSettings,
        SlackSettings,
        WebhookSettings,
    )
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.adapters.smtp import SmtpMailer


class CheckedChannel(AlertChannel, Protocol):
    async def check(self) -> Message | None:
        """Sends nothing; None where nothing is wrong."""
        ...


def make_channels(declared: Sequence[ChannelSettings], settings: Settings, http: HttpPost) -> Iterator[CheckedChannel]:
    from reconciler.adapters.settings.alert_channels import MailChannelSettings, SlackSettings, WebhookSettings

    for each in declared:
        match each:
            case WebhookSettings():
                yield _webhook(each, settings, http)
            case SlackSettings():
                yield _slack(each, settings, http)
            case MailChannelSettings():
                yield _mail(each, settings)
            case _:
                yield _apprise(each, settings)


def _webhook(each: WebhookSettings, settings: Settings, http: HttpPost) -> CheckedChannel:
    from reconciler.adapters.alerts.webhook_channel import WebhookChannel
    from reconciler.views.json.alert_event import alert_event

    return WebhookChannel(
        name=each.name,
        url=each.url,
        signing=each.secrets,
        secrets=secrets(settings),
        clock=clock(),
        http=http,
        event=partial(alert_event, runbooks=settings.runbooks),
    )


def _slack(each: SlackSettings, settings: Settings, http: HttpPost) -> CheckedChannel:
    from reconciler.adapters.alerts.slack_channel import SlackChannel
    from reconciler.views.alerts.slack_blocks import slack_alert

    return SlackChannel(
        name=each.name,
        url=each.url,
        language=each.language,
        secrets=secrets(settings),
        clock=clock(),
        http=http,
        message=partial(slack_alert, runbooks=settings.runbooks),
    )


def _mail(each: MailChannelSettings, settings: Settings) -> CheckedChannel:
    from reconciler.adapters.alerts.mail_channel import MailChannel
    from reconciler.views.alerts.plain_text import plain_alert

    return MailChannel(
        name=each.name,
        to=each.to,
        sender=each.server.sender,
        sender_name=each.server.sender_name,
        language=each.language,
        mailer=partial(_mailer, settings, each.server),
        text=partial(plain_alert, runbooks=settings.runbooks),
    )


def _apprise(each: AppriseSettings, settings: Settings) -> CheckedChannel:
    from reconciler.adapters.alerts.apprise_channel import AppriseChannel
    from reconciler.views.alerts.plain_text import plain_alert

    return AppriseChannel(
        name=each.name,
        url=each.url,
        language=each.language,
        secrets=secrets(settings),
        text=partial(plain_alert, runbooks=settings.runbooks),
    )


def _mailer(settings: Settings, server: MailSettings) -> SmtpMailer:
    """Raises SecretMissing."""
    from reconciler.adapters.smtp import SmtpMailer

    return SmtpMailer(server, None if server.password is None else secrets(settings).resolve(server.password), clock())
