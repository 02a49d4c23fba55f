"""The rate of all requests of a watcher, or of all workers of a fleet."""

from __future__ import annotations

from typing import Protocol


class SharedPace(Protocol):
    @property
    def rate(self) -> float:
        """Requests a second now."""
        ...

    @property
    def throttled(self) -> int:
        """How often the backend said that it is too much."""
        ...


class RequestPacer(Protocol):
    """What several clients share. Raises nothing: a request that has to leave is not kept back by its own bookkeeping."""

    async def wait(self) -> None:
        """Returns when the next request may leave."""
        ...

    def answered(self, status: int | None) -> None:
        """`status` is None where no answer came."""
        ...
