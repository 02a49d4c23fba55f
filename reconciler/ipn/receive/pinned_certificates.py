"""When the pinned certificates end: then, and already when Amazon changes to its next one, every notification is answered 503.

Amazon changes its signing certificate about once a year, some time before the old one ends, and nothing is fetched where
certificates are pinned. So an operator is warned WARN_BEFORE the end of the one that ends last, every day, in the log and by
metric. A file that is no signing certificate is reported and counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.certificate import NotOneCertificate, read
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock
from reconciler.ports.signing_keys import CertificateFile, CertificateFiles

WARN_BEFORE: Final = timedelta(days=60)
_CHECK: Final = 3600.0
_DAY: Final = timedelta(days=1)
_NAME: Final = re.compile(r"SimpleNotificationService-[0-9a-f]{32}\.pem")
_log = structlog.get_logger()


@frozen
class PinnedEnd:
    """`name` None: no file is a signing certificate. `unusable` are the files that are none."""

    name: str | None
    end: datetime | None
    unusable: tuple[str, ...]


def pinned_end(files: Sequence[CertificateFile]) -> PinnedEnd:
    """Of the certificate that ends last."""
    found = {file.name: _end_of(file) for file in files}
    ends = {name: end for name, end in found.items() if end is not None}
    last = max(ends, key=lambda name: ends[name], default=None)
    unusable = tuple(name for name in found if name not in ends)
    return PinnedEnd(name=last, end=None if last is None else ends[last], unusable=unusable)


def _end_of(file: CertificateFile) -> datetime | None:
    if file.content is None or _NAME.fullmatch(file.name) is None:
        return None
    try:
        return read(file.content).not_after
    except NotOneCertificate:
        return None


class PinnedCertificateCheck:
    def __init__(self, files: CertificateFiles, metrics: Metrics, clock: Clock) -> None:
        self._files = files
        self._metrics = metrics
        self._clock = clock
        self._warned: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._check()
            await self._clock.sleep(_CHECK)

    async def _check(self) -> None:
        try:
            found = pinned_end(await self._files.read_all())
        except OSError as error:
            _log.warning("pinned-certificates-unreadable", error=type(error).__name__)
            return
        self._metrics.pinned_end(found.end)
        now = self._clock.now()
        if self._warned is not None and timedelta() <= now - self._warned < _DAY:
            return
        self._warned = now
        self._warn(found, now)

    def _warn(self, found: PinnedEnd, now: datetime) -> None:
        for name in found.unusable:
            _log.warning("pinned-certificate-unusable", file=name)
        if found.end is None:
            _log.error("pinned-certificates-missing", alarm=True)
        elif found.end - now <= WARN_BEFORE:
            write = _log.warning if found.end > now else _log.error
            write("pinned-certificates-end", file=found.name, end=found.end.isoformat(), alarm=True)
