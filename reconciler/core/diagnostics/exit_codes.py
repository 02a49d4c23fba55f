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
    ExitCode.ERROR: msg("error: usage, invalid manifests or a failure"),
    ExitCode.DIFFERENCES: msg("differences found"),
    ExitCode.REFUSED: msg("refused: a guard, a stale plan or a lease held by another run"),
    ExitCode.UNREACHABLE: msg("the backend cannot be reached"),
    ExitCode.PARTLY: msg("partially applied"),
}
