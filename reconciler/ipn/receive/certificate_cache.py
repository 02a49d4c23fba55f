"""Valid certificates, so that each is requested once and not once per message.

Memory and requests are bounded for any addresses in messages: a bounded number of certificates and recent failures is kept, one
request at a time goes to an address, and a failure is cached only for seconds. A cached certificate is used without a request, so
requests for others that do not exist cannot displace it.

Addresses are of two sorts. Those that verified a message are known, also over restarts (`kept_certificates.py`): they are few,
each is requested once in BACK_OFF at most, and nothing that a stranger posts keeps them from being requested. All others share
`fetch_budget.py`.

Pinned certificates are our own files: a wrong one is our fault, and a valid one is read again after BACK_OFF, so that a corrected
file counts soon. They need no request, so none is counted, and none is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

import anyio

from reconciler.ipn.receive.fetch_budget import FetchBudget
from reconciler.ipn.receive.kept_certificates import MOST, KeptCertificates
from reconciler.ipn.verify.certificate import Certificate, NotOneCertificate, check, check_valid_at, read
from reconciler.ipn.verify.certificate_url import signing_name
from reconciler.ipn.verify.envelope import Envelope
from reconciler.ipn.verify.reasons import CertificateProblem, Refused
from reconciler.lib.frozen_class import frozen
from reconciler.ports.runtime import Clock
from reconciler.ports.signing_keys import KeyUnavailable, SigningKeys

BACK_OFF: Final = timedelta(seconds=5)

T = TypeVar("T")


@dataclass(slots=True)
class _FetchLock:
    """Who waits for one address: the first asks, the others find what came of it."""

    lock: anyio.Lock = field(default_factory=anyio.Lock)
    waiting: int = 0


@frozen(kw_only=False)
class _Good:
    certificate: Certificate
    since: datetime


@frozen(kw_only=False)
class _Failure:
    until: datetime
    error: KeyUnavailable | Refused


OTHERS: Final = 8
"""Certificates that are remembered for topics that are not configured."""


class CertificateCache:
    """One for the whole process, and a small one for topics that are not configured. `kept` None: none is kept on disk."""

    def __init__(
        self,
        keys: SigningKeys,
        clock: Clock,
        size: int = 64,
        *,
        pinned: bool = False,
        kept: KeptCertificates | None = None,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._size = size
        self._pinned = pinned
        self._kept = None if pinned else kept
        self._budget = FetchBudget(clock)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._settled: OrderedDict[str, None] = OrderedDict()
        self._good: OrderedDict[str, _Good] = OrderedDict()
        self._failed: OrderedDict[str, _Failure] = OrderedDict()
        self._turns: dict[str, _FetchLock] = {}

    async def load(self) -> None:
        """Before the first message: what was kept."""
        for found in () if self._kept is None else await self._kept.load():
            _keep(self._known, found.url, None, MOST)
            if found.certificate is not None:
                _keep(self._good, found.url, _Good(found.certificate, self._clock.now()), self._size)
                _keep(self._settled, found.url, None, MOST)

    async def certificate_for(self, envelope: Envelope) -> Certificate:
        """Of an envelope whose address was checked. Raises Refused (it is wrong), KeyUnavailable (it cannot be had now)."""
        try:
            certificate = self._remembered(envelope.certificate_url) or await self._in_turn(envelope)
        except KeyUnavailable as error:
            raise KeyUnavailable(error.reason, envelope.certificate_url) from error
        try:
            check_valid_at(certificate, envelope.published)
        except Refused as error:
            raise self._blamed(error) from error
        return certificate

    def holds(self, url: str) -> bool:
        """Whether its certificate is here: no request is needed."""
        return url in self._good

    async def verified(self, envelope: Envelope) -> None:
        """The signature of the envelope was good: its address is known from now on, and its certificate kept."""
        url = envelope.certificate_url
        if self._pinned or url in self._settled:
            return
        _keep(self._known, url, None, MOST)
        _keep(self._settled, url, None, MOST)
        good = self._good.get(url)
        if self._kept is not None and good is not None:
            await self._kept.keep(url, good.certificate)

    async def _in_turn(self, envelope: Envelope) -> Certificate:
        async with self._turn(envelope.certificate_url):
            certificate = self._remembered(envelope.certificate_url)
            return certificate or await self._ask(envelope.certificate_url, signing_name(envelope.region))

    async def _ask(self, url: str, name: str) -> Certificate:
        if not self._pinned and url not in self._known and not self._budget.take(url):
            raise KeyUnavailable(CertificateProblem.TOO_MANY)
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
