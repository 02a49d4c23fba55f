"""The exit codes of each command and their meaning: the table below its help.

In: a command's words, without `reconciler`. Out: codes and their meanings. A command that is not listed, such as a group, has the
whole table. Light on purpose: `--help` imports it.
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
    "validate": (*_ASKS, ExitCode.REFUSED),
    "plan": (*_COMPARES, ExitCode.REFUSED),
    "show-plan": (*_READS, ExitCode.REFUSED),
    "apply": _WRITES,
    "resume": _WRITES,
    "heal": (*_COMPARES, ExitCode.REFUSED, ExitCode.PARTLY),
    "ci plan": (*_ASKS, ExitCode.REFUSED),
    "drift": _COMPARES,
    "watch": (*_COMPARES, ExitCode.REFUSED, ExitCode.PARTLY),
    "worker": _READS,
    "findings list": _READS,
    "findings show": _READS,
    "findings timeline": _READS,
    "findings metrics": _READS,
    "findings accept": (*_ASKS, ExitCode.REFUSED),
    "alerts list": _READS,
    "alerts send": _READS,
    "alerts resend": _READS,
    "alerts test": _READS,
    "show": _ASKS,
    "why": _ASKS,
    "blame": _ASKS,
    "new": (*_READS, ExitCode.REFUSED),
    "onboard": _COMPARES,
    "fmt": (*_READS, ExitCode.REFUSED),
    "import": _COMPARES,
    "adopt": (*_ASKS, ExitCode.REFUSED),
    "attest": (*_READS, ExitCode.REFUSED),
    "offboard": (*_ASKS, ExitCode.REFUSED),
    "history": _READS,
    "runs list": _READS,
    "runs show": _READS,
    "runs watch": (*_COMPARES, ExitCode.REFUSED, ExitCode.PARTLY),
    "runs cancel": _READS,
    "ci check": (*_ASKS, ExitCode.REFUSED),
    "ci apply": _WRITES,
    "deferred list": _READS,
    "deferred apply": _WRITES,
    "deferred drop": _READS,
    "deferred run": _WRITES,
    "init": _READS,
    "config show": _READS,
    "doctor": _READS,
    "leases": _READS,
    "status": _READS,
    "secrets list": _READS,
    "secrets rotate": (*_ASKS, ExitCode.REFUSED),
    "ci comment": _READS,
    "ci issues": _READS,
    "key create": (*_READS, ExitCode.REFUSED),
    "key rotate": (*_READS, ExitCode.REFUSED),
    "key list": _READS,
    "store prune": _READS,
    "store backup": _READS,
    "store copy": _READS,
    "backend check": _WRITES,
    "backend clauses": _READS,
    "lsp": _READS,
    "schema": _READS,
    "explain": _READS,
    "serve backend": _READS,
    "serve console": _READS,
    "serve ipn": _READS,
    "ipn list": _READS,
    "ipn show": _READS,
    "ipn replay": _READS,
    "ipn park": _READS,
    "ipn stats": _READS,
    "ipn refused": _READS,
    "ipn mails list": _READS,
    "ipn mails show": _READS,
    "ipn mails resend": _READS,
    "ipn mails dismiss": _READS,
    "ipn readmit": (*_ASKS, ExitCode.PARTLY),
    "ipn poll": (*_ASKS, ExitCode.PARTLY),
    "ipn simulate": (*_READS, ExitCode.REFUSED, ExitCode.UNREACHABLE),
    "completion": _READS,
}
_KEY_IS_THERE: Final = {ExitCode.REFUSED: msg("refused: a key exists, or RECONCILER_PLAN_KEY is set")}
_WOULD_WRITE: Final = {ExitCode.DIFFERENCES: msg("with --check: files would change")}
_OWN: Final[Mapping[str, Mapping[ExitCode, Message]]] = {
    "validate": {ExitCode.REFUSED: msg("with --fix --check: files would change")},
    "plan": {
        ExitCode.DONE: msg("the plan was made, with or without changes"),
        ExitCode.DIFFERENCES: msg("with --detailed-exitcode: there are changes"),
        ExitCode.REFUSED: msg("a guard holds at least one selected shop"),
    },
    "heal": {ExitCode.DIFFERENCES: msg("a finding is left, or would be healed (with --check)")},
    "ci plan": {
        ExitCode.DONE: msg("the plan is ready for review, with or without changes"),
        ExitCode.REFUSED: msg("a guard holds at least one shop of the pull request"),
    },
    "show-plan": {ExitCode.REFUSED: msg("refused: the file was changed after it was written")},
    "ci check": {ExitCode.REFUSED: msg("a shop is not planned as it was reviewed")},
    "ci apply": {ExitCode.REFUSED: msg("refused: not reviewed, or another plan than the reviewed one")},
    "new": {ExitCode.REFUSED: msg("refused: the shop has a manifest")},
    "key create": _KEY_IS_THERE,
    "key rotate": _KEY_IS_THERE,
    "onboard": _WOULD_WRITE,
    "import": _WOULD_WRITE,
    "fmt": {ExitCode.REFUSED: msg("with --check: at least one file is not formatted, or would be moved")},
    "secrets rotate": {ExitCode.REFUSED: msg("refused: only a part of a merchant would be rotated")},
    "adopt": {ExitCode.REFUSED: msg("refused: a value cannot be adopted")},
    "alerts test": {ExitCode.ERROR: msg("the channel did not accept the alert, or another error")},
    "findings accept": {ExitCode.REFUSED: msg("refused: the difference cannot be accepted")},
    "doctor": {ExitCode.ERROR: msg("a check found a problem, or another error")},
    "ipn poll": {ExitCode.PARTLY: msg("some shops could not be read")},
    "ipn simulate": {ExitCode.REFUSED: msg("refused: the backend or the sidecar is not on this machine")},
}


def exit_codes_of(words: str) -> Mapping[ExitCode, Message]:
    """Each code with what it means for this command, in the order of the codes."""
    own = _OWN.get(words, {})
    return {
        verdict: own.get(verdict, EXIT_CODE_MEANINGS[verdict])
        for verdict in sorted(_ENDS.get(words, EXIT_CODE_MEANINGS))
    }
