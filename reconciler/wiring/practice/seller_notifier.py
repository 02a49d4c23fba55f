"""Notifications of the practice Seller Central: signed with a throwaway key, posted to endpoints of this machine alone.

In: a notice and an endpoint. Out: the status of its answer, or why there is none; it raises nothing. The certificate is in the
folder that the settings trust for as long as the server runs. It holds for so long that no sidecar warns of its end, and is
replaced before one would.
"""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.embedded.resources.seller_notices import NoticeResult, NotSent, SellerNotice
from reconciler.wiring.practice.practice_backend import is_practice_backend
from reconciler.wiring.runtime import clock

if TYPE_CHECKING:
    from reconciler.ipn.simulate import ThrowawaySigner

PATIENCE: Final = 5.0
LASTS: Final = timedelta(days=120)
RENEW_BEFORE: Final = timedelta(days=75)
"""Before the end of a certificate; a sidecar warns 60 days before."""


class SellerNotifier:
    """One for a server. `now` is the clock of the sidecar too: it refuses what is from the future."""

    def __init__(
        self, settings: Settings, now: Callable[[], datetime] | None = None, *, patience: float = PATIENCE
    ) -> None:
        self._settings = settings
        self._now = now or clock().now
        self._patience = patience
        self._turn = threading.Lock()  # signers are made in threads: a key takes a moment
        self._signers: dict[str, ThrowawaySigner] = {}
        self._files: list[Path] = []

    def prepare(self) -> None:
        """Makes what the first notification will need, where the settings allow any."""
        if self._obstacle() is None:
            self._signer(self._settings.sidecar.topics[0])

    def close(self) -> None:
        """Nothing that this server signed is trusted any more."""
        with self._turn:
            self._signers.clear()
            while self._files:
                with suppress(OSError):
                    self._files.pop().unlink(missing_ok=True)

    async def __call__(self, notice: SellerNotice, url: str) -> NoticeResult:
        from reconciler.adapters.sns.post import is_of_this_machine, try_post

        if not is_of_this_machine(url):
            return NoticeResult(not_sent=NotSent.OTHER_MACHINE)
        body = await asyncio.to_thread(self._signed, notice)
        if isinstance(body, NotSent):
            return NoticeResult(not_sent=body)
        begin = monotonic()
        status = await try_post(url, body[1], body[0], within=self._patience)
        if status is None:
            return NoticeResult(not_sent=NotSent.NO_ANSWER)
        return NoticeResult(status=status, seconds=monotonic() - begin)

    def _signed(self, notice: SellerNotice) -> tuple[str, bytes] | NotSent:
        """The id and the body of the message."""
        obstacle = self._obstacle()
        if obstacle is not None:
            return obstacle
        from reconciler.ipn.simulate import message
        from reconciler.wiring.practice.event_messages import simulated_object, topic_for

        topic = topic_for(notice, self._settings.sidecar.topics)
        signer = self._signer(topic)
        if isinstance(signer, NotSent):
            return signer
        now, message_id = self._now(), str(uuid.uuid4())
        return message_id, signer.notification(topic, message(simulated_object(notice, now)), message_id, now)

    def _obstacle(self) -> NotSent | None:
        """What keeps this server from signing anything."""
        if not is_practice_backend(self._settings):
            return NotSent.REAL_BACKEND
        if not self._settings.sidecar.topics:
            return NotSent.NO_TOPIC
        if self._settings.sidecar.certificates is None:
            return NotSent.NO_FOLDER
        return None if _is_installed() else NotSent.NOT_INSTALLED

    def _signer(self, topic: str) -> ThrowawaySigner | NotSent:
        """The one of the topic's region, renewed in time; its certificate is in the folder."""
        from reconciler.ipn.simulate import ThrowawaySigner
        from reconciler.ipn.verify.certificate_url import region_of
        from reconciler.ipn.verify.reasons import Refused

        try:
            region = region_of(topic)
        except Refused:
            return NotSent.NO_TOPIC
        with self._turn:
            known = self._signers.get(region)
            if known is not None and known.end - self._now() > RENEW_BEFORE and self._file(known).exists():
                return known
            made = ThrowawaySigner(region, self._now(), LASTS)
            try:
                self._store(self._file(made), made.pem)
            except OSError:
                return NotSent.FOLDER_NOT_WRITABLE
            self._signers[region] = made
            return made

    def _store(self, file: Path, pem: bytes) -> None:
        """Raises OSError. An older certificate stays until the end: what it signed may still be on its way."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._files.append(file)
        file.write_bytes(pem)

    def _file(self, signer: ThrowawaySigner) -> Path:
        folder = self._settings.sidecar.certificates
        assert folder is not None
        return folder / signer.file_name


def _is_installed() -> bool:
    try:
        import cryptography  # noqa: F401  # whether it is there
        import defusedxml  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True
