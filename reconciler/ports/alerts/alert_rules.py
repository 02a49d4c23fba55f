"""The file of rules and channels, beside the manifests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from reconciler.core.alerts.rules import AlertRules
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.lib.frozen_class import frozen
from reconciler.ports.alerts.alert_channel import AlertChannel


@frozen
class AlertConfig:
    """With an error among the diagnostics the file is invalid, and the rules are empty."""

    rules: AlertRules
    diagnostics: tuple[Diagnostic, ...] = ()


class AlertSettings(Protocol):
    def read(self) -> AlertConfig:
        """Connects to nothing and resolves no secret. Raises SetupError where the file cannot be read."""
        ...

    def open(self) -> AbstractAsyncContextManager[Mapping[str, AlertChannel]]:
        """The channels by name, of a valid file. A channel whose secret is not available says so at each attempt. Raises
        SetupError.
        """
        ...
