"""What happens while a use case runs, on stderr."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.cli.shell.progress.refused_requests import RefusedRequests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.cli.shell.terminal import Terminal
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.planning.plan import Plan
    from reconciler.core.planning.waves import Wave
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.runs.events import Event
    from reconciler.core.runs.recovery import RecoveredShop
    from reconciler.ports import ProgressListener


class TerminalListener:
    """Implements ports.interaction.Listener on stderr."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._progress: ProgressListener | None = None
        self._refused = RefusedRequests()

    def on_plan(self, plan: Plan, waves: Sequence[Wave]) -> None:
        show_plan(self._terminal, plan, waves)

    def on_diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None:
        """In text; the other formats carry them in their document."""
        from reconciler.views.text.diagnostics import render_diagnostics

        if self._terminal.for_readers:
            context = self._terminal.render_context(aside=True, about=diagnostics)
            text = render_diagnostics(diagnostics, context)
            self._terminal.write_stderr(text if not text or context.concise else f"{text}\n")

    def on_request(self, entry: RequestLogEntry) -> None:
        self._terminal.log_request(entry)
        refused = self._refused.notice(entry)
        if refused is not None:
            self._terminal.info(refused)

    def on_event(self, event: Event) -> None:
        if self._progress is not None:
            self._progress.on_event(event)

    def on_recovered(self, shop: RecoveredShop) -> None:
        from reconciler.views.recovery import recovered_shop_line

        self._terminal.info(recovered_shop_line(shop))

    def on_notice(self, text: Message) -> None:
        self._terminal.info(text)

    def on_hint(self, text: Message) -> None:
        if self._terminal.for_readers:
            self._terminal.info(text)

    @contextmanager
    def during(self, plan: Plan, waves: Sequence[Wave], soak: float) -> Iterator[None]:
        from reconciler.cli.shell.progress.progress_lines import progress_listener
        from reconciler.cli.shell.progress.run_shape import RunShape

        with progress_listener(self._terminal, RunShape(plan=plan, waves=tuple(waves), soak=soak)) as progress:
            self._progress = progress
            try:
                yield
            finally:
                self._progress = None


def show_plan(terminal: Terminal, plan: Plan, waves: Sequence[Wave]) -> None:
    """The plan of an apply without a prompt, and its waves. Only in text."""
    if not (plan.empty or not terminal.for_readers or terminal.quiet):
        terminal.write_stderr(plan_text(terminal, plan, waves))


async def show_plan_to_approve(terminal: Terminal, plan: Plan, waves: Sequence[Wave]) -> None:
    """In the pager where it is longer than the screen; then what sums it up is shown again, next to the prompt."""
    import anyio

    from reconciler.views.text.plan import render_plan_summary

    text = plan_text(terminal, plan, waves)
    if terminal.pages_aside(text):
        await anyio.to_thread.run_sync(terminal.show_paged, text)
        text = f"{render_plan_summary(plan, terminal.render_context(aside=True))}\n"
    terminal.write_stderr(text)


def plan_text(terminal: Terminal, plan: Plan, waves: Sequence[Wave]) -> str:
    from reconciler.views.text.plan import render_plan
    from reconciler.views.text.waves import render_waves

    context = terminal.render_context(aside=True, about=plan.all_findings)
    cut = f"{render_waves(waves, plan, context)}\n" if waves else ""
    return f"{render_plan(plan, context)}\n{cut}"
