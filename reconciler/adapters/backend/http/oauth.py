"""The access token: fetched once for all who wait, renewed before it ends or when the backend no longer takes it.

In: a way to ask for a grant. Out: a token as `Secret`. A failure is shared by all who waited for it; wrong credentials stay
wrong for good, so that a fleet of shops does not knock a hundred thousand times.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import anyio

from reconciler.adapters.backend.http.interpret import copy_error
from reconciler.core.values import Secret
from reconciler.ports import BackendError, Clock, Unauthorised

_EARLY: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    token: Secret
    lifetime: timedelta


class TokenCache:
    def __init__(self, fetch: Callable[[], Awaitable[TokenGrant]], clock: Clock) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token: Secret | None = None
        self._until: datetime = clock.now()
        self._failure: BackendError | None = None
        self._fetches = 0
        self._one = anyio.Lock()

    async def current(self) -> Secret:
        """Raises BackendError."""
        if self._token is not None and self._clock.now() < self._until:
            return self._token
        return await self._renew(self._fetches)

    async def replace(self, refused: Secret) -> Secret:
        """Another token than the one the backend did not take; it may have been fetched in the meantime."""
        if self._token is refused:
            self._token = None
        return await self.current()

    async def _renew(self, flight: int) -> Secret:
        async with self._one:
            # Either nobody flew while we waited, or the token that was fetched is refused again by now.
            due = self._fetches == flight or (self._token is None and self._failure is None)
            if due and not isinstance(self._failure, Unauthorised):
                await self._fetch_once()
        if self._token is not None:
            return self._token
        assert self._failure is not None  # a flight brings one or the other
        raise copy_error(self._failure)

    async def _fetch_once(self) -> None:
        self._token = None
        self._failure = None
        try:
            grant = await self._fetch()
        except BackendError as failure:
            self._failure = copy_error(failure)
        else:
            self._token = grant.token
            self._until = self._clock.now() + grant.lifetime - min(_EARLY, grant.lifetime / 10)
        self._fetches += 1
