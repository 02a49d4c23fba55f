"""The caller of a use case: approves a plan, gets progress, may request a stop, and renders results.

A terminal, a CI job and a worker each have their own. None of them can fail a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.planning.plan import Plan
    from reconciler.core.planning.waves import Wave
    from reconciler.core.results.command import CommandResult
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.runs.events import Event
    from reconciler.core.runs.recovery import RecoveredShop


class Approver(Protocol):
    async def approve(self, plan: Plan, waves: Sequence[Wave]) -> Diagnostic | None:
        """None where the plan may be applied, else why not. `waves` is empty where all shops are taken at once."""
        ...


class Listener(Protocol):
    """What happens while a use case runs: metrics, traces and progress are fed from here."""

    def on_plan(self, plan: Plan, waves: Sequence[Wave]) -> None:
        """The plan that is carried out, or held, without anybody being asked."""
        ...

    def on_diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Diagnostics that are shown before the result: of the planning of an apply, of alerts of a check that cannot go on."""
        ...

    def on_request(self, entry: RequestLogEntry) -> None:
        """As each request to the backend is answered."""
        ...

    def on_event(self, event: Event) -> None:
        """As each event of a run is recorded."""
        ...

    def on_recovered(self, shop: RecoveredShop) -> None:
        """What became of each shop that a killed run left."""
        ...

    def on_notice(self, text: Message) -> None:
        """Something that people should know now."""
        ...

    def on_hint(self, text: Message) -> None:
        """A command that people may want next; results carry what it needs for machines."""
        ...

    def during(self, plan: Plan, waves: Sequence[Wave], soak: float) -> AbstractContextManager[None]:
        """Around the events of one run of `plan`. `waves` is empty where all shops are taken at once; `soak` are the seconds of
        the wait after each wave.
        """
        ...


class StopSignals(Protocol):
    def listening(
        self, on_stop: Callable[[], None], on_force: Callable[[], None], *, said: Message | None = None
    ) -> AbstractAsyncContextManager[None]:
        """Within the context the first request to stop calls `on_stop`, each later one `on_force`. `said` is shown at the first
        one, where something else follows than the end of a run that writes.
        """
        ...


class Renderer(Protocol):
    """Text for use cases that must produce it: a comment on a forge, an alert."""

    def render(self, result: CommandResult, output: str, language: str, budget: int | None = None) -> str:
        """`output` is the name of a format, `language` `en` or `ja`. With `budget` at most so many characters, and how much is
        missing. Raises ValueError for a budget without room for the head, and for a longer document of a machine format.
        """
        ...
