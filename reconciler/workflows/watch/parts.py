"""The parts of a watcher, each on its own: one that fails is logged, shown, and tried again later; the others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.backoff import backoff
from reconciler.lib.event_log import log_event
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, SecretMissing, SetupError

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports import Clock

FIRST_WAIT: Final = 10.0
LONGEST_WAIT: Final = 300.0


class PartFailure(Exception):
    """A part could not do its work, for a reason that a result gave."""

    def __init__(self, why: Diagnostic) -> None:
        super().__init__(why.summary.template)
        self.why = why


@frozen
class FailingPart:
    """`reason` is for people, `code` its number where it has one. `again` is when it is tried again, in seconds since the epoch;
    `failures` counts those in a row.
    """

    name: str
    reason: Message
    code: str | None
    failures: int
    again: float


class WatchParts:
    """`failed` counts the failures of each part since the start."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.failing: dict[str, FailingPart] = {}
        self.failed: Counter[str] = Counter()

    async def run(self, name: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Whether the work was done: not while it waits after a failure, and not if it fails."""
        waiting = self.failing.get(name)
        if waiting is not None and waiting.again > self._clock.now().timestamp():
            return False
        try:
            await work()
        except Exception as error:  # noqa: BLE001  # as above: logged, shown, tried again
            self._note_failure(name, error)
            return False
        if self.failing.pop(name, None) is not None:
            log_event("watch-part-recovered", part=name)
        return True

    def next_try(self) -> float | None:
        return min((each.again for each in self.failing.values()), default=None)

    def not_before(self, name: str, due: float | None) -> float | None:
        """When the part may do what is due then."""
        waiting = self.failing.get(name)
        return due if due is None or waiting is None else max(due, waiting.again)

    def _note_failure(self, name: str, error: Exception) -> None:
        before = self.failing.get(name)
        failures = 1 if before is None else before.failures + 1
        wait = backoff(failures, first=FIRST_WAIT, longest=LONGEST_WAIT)
        reason, code = _reason(error)
        self.failed[name] += 1
        self.failing[name] = FailingPart(
            name=name, reason=reason, code=code, failures=failures, again=self._clock.now().timestamp() + wait
        )
        log_event("watch-part-failed", level="error", part=name, code=code, again_seconds=wait, kind=_kind(error))


def _reason(error: Exception) -> tuple[Message, str | None]:
    """With the code, where it is a known one."""
    cause = _only(error)
    match cause:
        case PartFailure():
            return cause.why.summary, cause.why.code.number
        case BackendError() | SetupError() | SecretMissing():
            return cause.text, cause.code.number
        case _:
            return msg("internal error: {kind}", kind=type(cause).__name__), None


def _kind(error: Exception) -> str | None:
    """Of an unexpected error; the others have a code."""
    return None if _reason(error)[1] is not None else type(_only(error)).__name__


def _only(error: Exception) -> Exception:
    """What a group of tasks failed of, where it is one thing."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
