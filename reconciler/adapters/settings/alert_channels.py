"""The channels of `alerts.yaml` as values. An address or a secret that is a reference is not resolved here."""

from __future__ import annotations

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen


@frozen
class WebhookSettings:
    """`secrets`: each signs."""

    name: str
    url: str | SecretRef
    secrets: tuple[SecretRef, ...]


@frozen
class SlackSettings:
    name: str
    url: SecretRef
    language: str = "en"


@frozen
class MailChannelSettings:
    name: str
    to: tuple[str, ...]
    server: MailSettings
    language: str = "en"


@frozen
class AppriseSettings:
    name: str
    url: SecretRef
    language: str = "en"


ChannelSettings = WebhookSettings | SlackSettings | MailChannelSettings | AppriseSettings
