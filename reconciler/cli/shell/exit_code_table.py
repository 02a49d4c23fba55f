"""With which exit codes each command can end, and what a code means there: the table below its help.

In: a command's words, without `reconciler`. Out: codes and their meanings; a command that is not named here, such as a group, is
shown the whole table. Light on purpose: `--help` imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.exit_codes import MEANING, Verdict
from reconciler.core.diagnostics.messages import Text, say

_READS: Final = (Verdict.DONE, Verdict.ERROR)
_ASKS: Final = (*_READS, Verdict.UNREACHABLE)
_COMPARES: Final = (*_READS, Verdict.DIFFERENCES, Verdict.UNREACHABLE)
_WRITES: Final = (*_READS, Verdict.REFUSED, Verdict.UNREACHABLE, Verdict.PARTLY)

_ENDS: Final[Mapping[str, tuple[Verdict, ...]]] = {
    "validate": _READS,
    "plan": _COMPARES,
    "show-plan": (*_READS, Verdict.REFUSED),
    "apply": _WRITES,
    "resume": _WRITES,
    "drift": _COMPARES,
    "show": _ASKS,
    "new": (*_READS, Verdict.REFUSED),
    "onboard": _COMPARES,
    "fmt": (*_READS, Verdict.REFUSED),
    "import": _COMPARES,
    "history": _READS,
    "leases": _READS,
    "schema": _READS,
    "explain": _READS,
    "serve backend": _READS,
    "serve ipn": _READS,
    "ipn list": _READS,
    "ipn show": _READS,
    "ipn replay": _READS,
    "ipn park": _READS,
    "ipn stats": _READS,
    "ipn refused": _READS,
    "ipn poll": (*_ASKS, Verdict.PARTLY),
    "ipn simulate": (*_READS, Verdict.REFUSED, Verdict.UNREACHABLE),
    "completion": _READS,
}
_WOULD_WRITE: Final = {Verdict.DIFFERENCES: say("with --check: something would be written")}
_OWN: Final[Mapping[str, Mapping[Verdict, Text]]] = {
    "show-plan": {Verdict.REFUSED: say("refused: the file is not as it was written")},
    "new": {Verdict.REFUSED: say("refused: the shop has a manifest already")},
    "onboard": _WOULD_WRITE,
    "import": _WOULD_WRITE,
    "fmt": {Verdict.REFUSED: say("with --check: a file is not in the canonical style")},
    "ipn poll": {Verdict.PARTLY: say("some shops could not be asked")},
    "ipn simulate": {Verdict.REFUSED: say("refused: the backend or the sidecar is not on this machine")},
}


def ends_of(words: str) -> Mapping[Verdict, Text]:
    """Each code with what it means for this command, in the order of the codes."""
    own = _OWN.get(words, {})
    return {verdict: own.get(verdict, MEANING[verdict]) for verdict in sorted(_ENDS.get(words, MEANING))}
