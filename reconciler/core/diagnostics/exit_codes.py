"""The exit codes and what each means. Light on purpose: `--help` prints them."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg


class ExitCode(IntEnum):
    DONE = 0
    ERROR = 1
    DIFFERENCES = 2
    REFUSED = 3
    UNREACHABLE = 4
    PARTLY = 5


EXIT_CODE_MEANINGS: Final[dict[ExitCode, Message]] = {
    ExitCode.DONE: msg("nothing to do, or done"),
    ExitCode.ERROR: msg("an error: usage, invalid manifests, a failure"),
    ExitCode.DIFFERENCES: msg("differences were found"),
    ExitCode.REFUSED: msg("refused: a guard, a stale plan, a lease that another run holds"),
    ExitCode.UNREACHABLE: msg("the backend could not be reached"),
    ExitCode.PARTLY: msg("partly applied"),
}
