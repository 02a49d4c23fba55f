"""`alerts.yaml` beside the settings: its rules, and its channels while they are open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.ports.alerts.alert_channel import AlertChannel
from reconciler.ports.alerts.alert_rules import AlertConfig
from reconciler.ports.alerts.channel_check import ChannelCheck
from reconciler.wiring.runtime import relative_path

if TYPE_CHECKING:
    from reconciler.adapters.settings.alert_rules import AlertsContent
    from reconciler.ports.alerts.alert_rules import AlertSettings
    from reconciler.wiring.alerts.channel_factory import CheckedChannel

ALERTS_NAME = "alerts.yaml"


def alert_settings(settings: Settings) -> AlertSettings | None:
    """None where there is no file."""
    path = settings.root / ALERTS_NAME
    return ConfiguredAlerts(settings, path) if path.exists() or path.is_symlink() else None


async def check_channels(settings: Settings) -> Sequence[ChannelCheck]:
    """Nothing is sent. Of a valid file."""
    async with _open_channels(settings, _read(settings.root / ALERTS_NAME)) as channels:
        return [ChannelCheck(channel=channel.name, problem=await channel.check()) for channel in channels]


@dataclass(slots=True)
class ConfiguredAlerts:
    """Implements ports.alerts.AlertSettings. The channels are those of the file as it was read first, also if it changes then."""

    settings: Settings
    path: Path
    _content: AlertsContent | None = None

    def read(self) -> AlertConfig:
        content = self._once()
        return AlertConfig(rules=content.rules, diagnostics=content.diagnostics)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Mapping[str, AlertChannel]]:
        async with _open_channels(self.settings, self._once()) as channels:
            yield {channel.name: channel for channel in channels}

    def _once(self) -> AlertsContent:
        if self._content is None:
            self._content = _read(self.path)
        return self._content


def _read(path: Path) -> AlertsContent:
    from reconciler.adapters.settings.alert_rules import read_alerts

    return read_alerts(path, relative_path(path))


@asynccontextmanager
async def _open_channels(settings: Settings, content: AlertsContent) -> AsyncIterator[Sequence[CheckedChannel]]:
    from reconciler.adapters.alerts.http_post import HttpPost
    from reconciler.wiring.alerts.channel_factory import make_channels

    async with HttpPost() as http:
        yield tuple(make_channels(content.channels, settings, http))
