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
    from reconciler.adapters.settings.alert_channels import ChannelSettings
    from reconciler.adapters.settings.sidecar import MailSettings
    from reconciler.adapters.smtp import SmtpMailer


class CheckedChannel(AlertChannel, Protocol):
    async def check(self) -> Message | None:
        """Sends nothing; None where nothing is wrong."""
        ...


def make_channels(declared: Sequence[ChannelSettings], settings: Settings, http: HttpPost) -> Iterator[CheckedChannel]:
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
