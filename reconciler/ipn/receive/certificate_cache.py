"""Valid certificates, so that each is requested once and not once per message.

Memory and requests are bounded for any addresses in messages: a bounded number of certificates and recent failures is kept, one
request at a time goes to an address, a failure is cached only for seconds, and at most PER_MINUTE requests are sent per minute. A
cached certificate is used without a request, so requests for others that do not exist cannot displace it. A clock that is set
back allows requests; it does not block them.

Pinned certificates are our own files: a wrong one is our fault, and a valid one is read again after BACK_OFF, so that a corrected
file counts soon. They need no request, so none is counted.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

import anyio

from reconciler.ipn.verify.certificate import Certificate, NotOneCertificate, check, check_valid_at, read
from reconciler.ipn.verify.certificate_url import signing_name
from reconciler.ipn.verify.envelope import Envelope
from reconciler.ipn.verify.reasons import CertificateProblem, Refused
from reconciler.ports.runtime import Clock
from reconciler.ports.signing_keys import KeyUnavailable, SigningKeys

BACK_OFF: Final = timedelta(seconds=5)
PER_MINUTE: Final = 30

_MINUTE: Final = timedelta(minutes=1)

T = TypeVar("T")


@dataclass(slots=True)
class _FetchLock:
    """Who waits for one address: the first asks, the others find what came of it."""

    lock: anyio.Lock = field(default_factory=anyio.Lock)
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class _Good:
    certificate: Certificate
    since: datetime


@dataclass(frozen=True, slots=True)
class _Failure:
    until: datetime
    error: KeyUnavailable | Refused


class CertificateCache:
    """One for the whole process."""

    def __init__(self, keys: SigningKeys, clock: Clock, size: int = 64, *, pinned: bool = False) -> None:
        self._keys = keys
        self._clock = clock
        self._size = size
        self._pinned = pinned
        self._good: OrderedDict[str, _Good] = OrderedDict()
        self._failed: OrderedDict[str, _Failure] = OrderedDict()
        self._turns: dict[str, _FetchLock] = {}
        self._asked: deque[datetime] = deque(maxlen=PER_MINUTE)

    async def certificate_for(self, envelope: Envelope) -> Certificate:
        """Of an envelope whose address was checked. Raises Refused (it is wrong), KeyUnavailable (it cannot be had now)."""
        certificate = self._remembered(envelope.certificate_url)
        if certificate is None:
            certificate = await self._in_turn(envelope)
        try:
            check_valid_at(certificate, envelope.published)
        except Refused as error:
            raise self._blamed(error) from error
        return certificate

    async def _in_turn(self, envelope: Envelope) -> Certificate:
        async with self._turn(envelope.certificate_url):
            certificate = self._remembered(envelope.certificate_url)
            return certificate or await self._ask(envelope.certificate_url, signing_name(envelope.region))

    async def _ask(self, url: str, name: str) -> Certificate:
        if not self._pinned:
            self._count()
        try:
            certificate = read(await self._keys.pem(url))
            check(certificate, name)
        except (KeyUnavailable, Refused) as error:
            raise self._failure(url, error) from error
        except NotOneCertificate as error:
            raise self._failure(url, KeyUnavailable(CertificateProblem.NOT_ONE_CERTIFICATE)) from error
        _keep(self._good, url, _Good(certificate, self._clock.now()), self._size)
        return certificate

    def _remembered(self, url: str) -> Certificate | None:
        """None if it must be requested. Raises the failure of a few seconds ago."""
        good = self._good.get(url)
        if good is not None and self._lasts(good):
            self._good.move_to_end(url)
            return good.certificate
        failure = self._failed.get(url)
        if failure is not None and timedelta() < failure.until - self._clock.now() <= BACK_OFF:
            raise _again(failure.error)
        return None

    def _lasts(self, good: _Good) -> bool:
        return not self._pinned or timedelta() <= self._clock.now() - good.since < BACK_OFF

    def _blamed(self, error: KeyUnavailable | Refused) -> KeyUnavailable | Refused:
        """What is wrong with a pinned certificate is not the message's fault."""
        return KeyUnavailable(CertificateProblem.WRONG_PINNED) if self._pinned and isinstance(error, Refused) else error

    def _failure(self, url: str, error: KeyUnavailable | Refused) -> KeyUnavailable | Refused:
        error = self._blamed(error)
        _keep(self._failed, url, _Failure(self._clock.now() + BACK_OFF, error), self._size)
        return _again(error)

    def _count(self) -> None:
        now = self._clock.now()
        if len(self._asked) == PER_MINUTE and timedelta() <= now - self._asked[0] < _MINUTE:
            raise KeyUnavailable(CertificateProblem.TOO_MANY)
        self._asked.append(now)

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        turn = self._turns.setdefault(url, _FetchLock())
        turn.waiting += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.waiting -= 1
            if not turn.waiting:
                del self._turns[url]


def _keep(kept: OrderedDict[str, T], url: str, value: T, size: int) -> None:
    kept[url] = value
    kept.move_to_end(url)
    if len(kept) > size:
        kept.popitem(last=False)


def _again(error: KeyUnavailable | Refused) -> KeyUnavailable | Refused:
    """A fresh one each time: an exception that is raised twice drags its tracebacks along."""
    return KeyUnavailable(error.reason) if isinstance(error, KeyUnavailable) else Refused(error.ground, error.detail)
