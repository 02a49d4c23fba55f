"""The rules file, `alerts.yaml` beside the settings.

In: its path. Out: rules and channels, or everything that is wrong in the file with its line. It is read by the manifests' reader,
so it is as strict as they are. No secret is resolved here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_file
from reconciler.adapters.settings.alert_channels import (
    AppriseSettings,
    ChannelSettings,
    MailChannelSettings,
    SlackSettings,
    WebhookSettings,
)
from reconciler.adapters.settings.alert_checks import alert_faults
from reconciler.adapters.settings.alert_documents import (
    AlertMailDocument,
    AlertsDocument,
    ChannelDocument,
    RuleDocument,
)
from reconciler.adapters.settings.sidecar import SUBMISSION_PORTS, MailSettings
from reconciler.core.alerts.rules import AlertRule, AlertRules, Delivery
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.drift.severity import severity_named
from reconciler.core.findings.finding import FindingClass
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen

_NO_RULES: Final = AlertRules(channels=(), rules=())
_DIGEST: Final = "digest "


@frozen
class AlertsContent:
    """With an error among the diagnostics there are neither rules nor channels."""

    rules: AlertRules = _NO_RULES
    channels: tuple[ChannelSettings, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def read_alerts(path: Path, shown_as: str) -> AlertsContent:
    """`shown_as` is what messages call the file, which exists."""
    parsed = read_file(ManifestPath(stem=path.stem, path=str(path), display_path=shown_as))
    misshapen = check_file(parsed, AlertsDocument)
    found = sort_diagnostics(map(_as_alerts_fault, misshapen) if misshapen else alert_faults(parsed))
    if any(each.blocking for each in found):
        return AlertsContent(diagnostics=found)
    document = AlertsDocument.model_validate(parsed.data)
    rules = AlertRules(channels=tuple(document.channels), rules=tuple(map(_rule, document.rules)))
    return AlertsContent(rules=rules, channels=tuple(_channels(document)), diagnostics=found)


def _as_alerts_fault(found: Diagnostic) -> Diagnostic:
    return replace(found, code=codes.BAD_ALERTS, severity=codes.BAD_ALERTS.severity)


def _rule(document: RuleDocument) -> AlertRule:
    when = document.when or Delivery.IMMEDIATE.value
    digest = when.startswith(_DIGEST)
    return AlertRule(
        severity=None if document.severity is None else severity_named(document.severity),
        classes=frozenset(map(FindingClass, _several(document.finding_class))),
        owners=frozenset(_several(document.owner)),
        groups=frozenset(_several(document.group)),
        labels=document.label or {},
        channels=frozenset(document.channels or ()),
        delivery=Delivery.DIGEST if digest else Delivery(when),
        digest_at=when.removeprefix(_DIGEST) if digest else None,
    )


def _several(given: str | Sequence[str] | None) -> Sequence[str]:
    return [] if given is None else [given] if isinstance(given, str) else given


def _channels(document: AlertsDocument) -> Iterator[ChannelSettings]:
    """The checks have shown that each has what its kind needs."""
    for name, channel in document.channels.items():
        yield _channel(name, channel, document.mail)


def _channel(name: str, channel: ChannelDocument, mail: AlertMailDocument | None) -> ChannelSettings:
    language, url = channel.language or "en", channel.url or ""
    match channel.kind:
        case "webhook":
            secrets = tuple(map(SecretRef, _several(channel.secret)))
            return WebhookSettings(name=name, url=SecretRef(url) if url.startswith("ref+") else url, secrets=secrets)
        case "slack":
            return SlackSettings(name=name, url=SecretRef(url), language=language)
        case "apprise":
            return AppriseSettings(name=name, url=SecretRef(url), language=language)
        case "mail":
            assert mail is not None
            return MailChannelSettings(name=name, to=tuple(channel.to or ()), server=_server(mail), language=language)


def _server(document: AlertMailDocument) -> MailSettings:
    security = document.security or "starttls"
    return MailSettings(
        host=document.host,
        port=document.port or SUBMISSION_PORTS[security],
        security=security,
        username=document.username,
        password=None if document.password is None else SecretRef(document.password),
        sender=document.sender,
        sender_name=document.sender_name or "reconciler",
    )
