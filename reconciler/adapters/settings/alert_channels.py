"""The channels of `alerts.yaml` as values. An address or a secret that is a reference is not resolved here."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.adapters.settings.sidecar import MailSettings
from reconciler.core.values import SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """`secrets`: each signs."""

    name: str
    url: str | SecretRef
    secrets: tuple[SecretRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    name: str
    url: SecretRef
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannelSettings:
    name: str
    to: tuple[str, ...]
    server: MailSettings
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseSettings:
    name: str
    url: SecretRef
    language: str = "en"


ChannelSettings = WebhookSettings | SlackSettings | MailChannelSettings | AppriseSettings
