"""A request to end a run early: the current step is finished, what we closed is reopened, nothing new starts."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics.diagnostic import Diagnostic


@dataclass(slots=True)
class StopToken:
    """Read between two steps. `asked`: a signal requested it. `insisted`: a second signal, so that a shop
    which cannot be reopened is no longer waited for. `why`: something of our own machine failed, and nothing new may start.
    """

    signalled: bool = False
    forced: bool = False
    why: Diagnostic | None = None

    @property
    def requested(self) -> bool:
        return self.signalled or self.why is not None

    def request(self) -> None:
        self.forced = self.signalled
        self.signalled = True

    def abort(self, why: Diagnostic) -> None:
        """The first reason is the one that is reported."""
        self.why = self.why or why
