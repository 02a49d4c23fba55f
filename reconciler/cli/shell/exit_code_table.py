"""With which exit codes each command can end, and what a code means there: the table below its help.

In: a command's words, without `reconciler`. Out: codes and their meanings; a command that is not named here, such as a group, is
shown the whole table. Light on purpose: `--help` imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS, ExitCode
from reconciler.core.diagnostics.messages import Message, msg

_READS: Final = (ExitCode.DONE, ExitCode.ERROR)
_ASKS: Final = (*_READS, ExitCode.UNREACHABLE)
_COMPARES: Final = (*_READS, ExitCode.DIFFERENCES, ExitCode.UNREACHABLE)
_WRITES: Final = (*_READS, ExitCode.REFUSED, ExitCode.UNREACHABLE, ExitCode.PARTLY)

_ENDS: Final[Mapping[str, tuple[ExitCode, ...]]] = {
    "validate": (*_READS, ExitCode.REFUSED),
    "plan": (*_COMPARES, ExitCode.REFUSED),
    "show-plan": (*_READS, ExitCode.REFUSED),
    "apply": _WRITES,
    "resume": _WRITES,
    "drift": _COMPARES,
    "show": _ASKS,
    "new": (*_READS, ExitCode.REFUSED),
    "onboard": _COMPARES,
    "fmt": (*_READS, ExitCode.REFUSED),
    "import": _COMPARES,
    "history": _READS,
    "leases": _READS,
    "key create": (*_READS, ExitCode.REFUSED),
    "key rotate": (*_READS, ExitCode.REFUSED),
    "key list": _READS,
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
    "ipn poll": (*_ASKS, ExitCode.PARTLY),
    "ipn simulate": (*_READS, ExitCode.REFUSED, ExitCode.UNREACHABLE),
    "completion": _READS,
}
_KEY_IS_THERE: Final = {ExitCode.REFUSED: msg("refused: there is a key already, or it is given by RECONCILER_PLAN_KEY")}
_WOULD_WRITE: Final = {ExitCode.DIFFERENCES: msg("with --check: something would be written")}
_OWN: Final[Mapping[str, Mapping[ExitCode, Message]]] = {
    "validate": {ExitCode.REFUSED: msg("with --fix --check: something would be fixed")},
    "plan": {
        ExitCode.DONE: msg("the plan was made, with or without changes"),
        ExitCode.DIFFERENCES: msg("with --detailed-exitcode: there are changes"),
        ExitCode.REFUSED: msg("a guard holds at least one selected shop"),
    },
    "show-plan": {ExitCode.REFUSED: msg("refused: the file is not as it was written")},
    "new": {ExitCode.REFUSED: msg("refused: the shop has a manifest already")},
    "key create": _KEY_IS_THERE,
    "key rotate": _KEY_IS_THERE,
    "onboard": _WOULD_WRITE,
    "import": _WOULD_WRITE,
    "fmt": {ExitCode.REFUSED: msg("with --check: a file is not in the canonical style")},
    "ipn poll": {ExitCode.PARTLY: msg("some shops could not be asked")},
    "ipn simulate": {ExitCode.REFUSED: msg("refused: the backend or the sidecar is not on this machine")},
}


def exit_codes_of(words: str) -> Mapping[ExitCode, Message]:
    """Each code with what it means for this command, in the order of the codes."""
    own = _OWN.get(words, {})
    return {
        verdict: own.get(verdict, EXIT_CODE_MEANINGS[verdict])
        for verdict in sorted(_ENDS.get(words, EXIT_CODE_MEANINGS))
    }
