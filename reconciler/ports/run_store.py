"""The store of runs: opened for writing by runs, and for reading by all other commands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from reconciler.ports.journal import History, Journal, RunInfo
from reconciler.ports.leases import LeaseInfo, Leases

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan


class OpenRunStore(Protocol):
    """A store that is open for writing."""

    def journal(self, info: RunInfo, plan: Plan) -> Journal:
        """The journal of one run of `plan`. Raises SetupError."""
        ...

    def leases(self, info: RunInfo) -> Leases: ...

    def history(self) -> History: ...


class RunStore(Protocol):
    def ephemeral_place(self) -> str | None:
        """Where the store is, if it will probably vanish with the CI job that this process belongs to."""
        ...

    def open(self) -> AbstractContextManager[OpenRunStore]:
        """Makes the store where there is none. Raises SetupError."""
        ...

    def history(self) -> AbstractContextManager[History | None]:
        """None where no run ever wrote: looking makes no store. Raises SetupError."""
        ...

    def active_leases(self) -> AbstractContextManager[Sequence[LeaseInfo]]:
        """The leases that have not expired; looking makes no store. Raises SetupError."""
        ...
