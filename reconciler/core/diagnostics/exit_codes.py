"""The exit codes and what each means. Light on purpose: `--help` prints them."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from reconciler.core.diagnostics.messages import Text, say


class Verdict(IntEnum):
    DONE = 0
    ERROR = 1
    DIFFERENCES = 2
    REFUSED = 3
    UNREACHABLE = 4
    PARTLY = 5


MEANING: Final[dict[Verdict, Text]] = {
    Verdict.DONE: say("nothing to do, or done"),
    Verdict.ERROR: say("an error: usage, invalid manifests, a failure"),
    Verdict.DIFFERENCES: say("differences were found"),
    Verdict.REFUSED: say("refused: a guard, a stale plan, a lease that another run holds"),
    Verdict.UNREACHABLE: say("the backend could not be reached"),
    Verdict.PARTLY: say("partly applied"),
}
