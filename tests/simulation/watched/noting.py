"""What is noted of a watcher's work where it leaves the process: recorded looks, and messages to operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import Sent
from reconciler.views.alerts.plain_text import plain_alert


class NotingFindings:
    """Implements ports.findings.FindingStores over another one: `compared` is called with the shops of each recorded look."""

    def __init__(self, inner: Any, compared: Callable[[frozenset[str]], None]) -> None:
        self._inner, self._compared = inner, compared

    @contextmanager
    def open(self, *, create: bool) -> Iterator[Any]:
        with self._inner.open(create=create) as store:
            yield None if store is None else NotingStore(store, self._compared)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class NotingStore:
    def __init__(self, inner: Any, compared: Callable[[frozenset[str]], None]) -> None:
        self._inner, self._compared = inner, compared

    def record_look(self, look: Any, ids: Any, fold: Any) -> Any:
        events = self._inner.record_look(look, ids, fold)
        self._compared(frozenset(str(shop) for shop in look.compared))
        return events

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@dataclass(frozen=True, slots=True)
class NotingChannel:
    """Implements ports.alerts.AlertChannel: each finding of a message is noted with the whole text."""

    noted: Callable[[str, str, str, str], None]
    name: str = "ops"

    async def send(self, alert: Alert) -> Sent:
        whole = "\n".join(plain_alert(alert, "en"))
        for event in alert.events:
            key = event.finding.key
            self.noted(key.shop, key.field, event.kind.value, whole)
        return Sent(answer="noted")
