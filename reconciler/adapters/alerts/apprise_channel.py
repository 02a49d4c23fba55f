"""Alerts to any service that the package apprise knows: an extra of its own.

An address of apprise is a secret as a whole, so the package may not log: it names addresses. It answers with yes or no only, so
every no is tried again. Redirects are not followed, nothing is stored on disk.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import anyio
import anyio.to_thread

from reconciler.adapters.alerts.channel_secrets import ChannelUnusable, resolved_address
from reconciler.core.alerts.alert import Alert
from reconciler.core.alerts.outcome import DeliveryError, DeliveryProblem, Retry, SendOutcome, SendRefused, Sent
from reconciler.core.alerts.words import error_words
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Secrets

SECONDS: Final = 30.0
_UNKNOWN_ADDRESS: Final = DeliveryError(problem=DeliveryProblem.BAD_ADDRESS)


@frozen
class AppriseChannel:
    """Implements ports.alerts.AlertChannel. `text` is subject and text of an alert in a language."""

    name: str
    url: SecretRef
    language: str
    secrets: Secrets
    text: Callable[[Alert, str], tuple[str, str]]
    within: float = SECONDS

    async def send(self, alert: Alert) -> SendOutcome:
        """A thread that does not end in time is abandoned; the alert goes again under the same id."""
        subject, text = self.text(alert, self.language)
        try:
            service = self._service()
        except ChannelUnusable as unusable:
            return unusable.outcome
        if service is None:
            return SendRefused(error=_UNKNOWN_ADDRESS)
        notify = partial(service.notify, title=subject, body=text, body_format="text")
        try:
            with anyio.fail_after(self.within):
                accepted = await anyio.to_thread.run_sync(notify, abandon_on_cancel=True)
        except TimeoutError:
            return Retry(error=DeliveryError(problem=DeliveryProblem.TIMED_OUT))
        except Exception:  # noqa: BLE001  # a plugin raises what it likes, with the address in it
            return Retry(error=DeliveryError(problem=DeliveryProblem.INTERNAL_ERROR))
        return Sent(answer="apprise") if accepted else Retry(error=DeliveryError(problem=DeliveryProblem.DEFERRED))

    async def check(self) -> Message | None:
        """Without a message; None where nothing is wrong."""
        try:
            return error_words(_UNKNOWN_ADDRESS) if self._service() is None else None
        except ChannelUnusable as unusable:
            return unusable.why

    def _service(self) -> Any:
        """None where apprise does not know such an address. Raises ChannelUnusable."""
        return apprise_service(resolved_address(self.url, self.secrets))


def apprise_service(url: str) -> Any:
    """What sends to the address; None where apprise does not know such an address. Raises ChannelUnusable without the package."""
    try:
        import apprise  # noqa: PLC0415  # an extra, and slow to import
    except ModuleNotFoundError:
        why = msg("{part} is not installed: run `pip install 'reconciler[{extra}]'`", part="apprise", extra="apprise")
        raise ChannelUnusable(why, DeliveryProblem.INTERNAL_ERROR) from None
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # below that it logs addresses
    asset = apprise.AppriseAsset(
        app_id="reconciler",
        app_desc="reconciler",
        async_mode=False,
        http_redirects=False,
        secure_logging=True,
        storage_mode="memory",
    )
    service = apprise.Apprise(asset=asset)
    try:
        return service if service.add(url) else None
    except Exception:  # noqa: BLE001  # a plugin raises what it likes, with the address in it
        return None
