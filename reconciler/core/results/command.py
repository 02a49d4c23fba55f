"""What every command returns: the one value that is rendered, counted and turned into an exit code.

A result holds facts. Which text, document or page is made of it is the matter of the views.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.lib.frozen_class import frozen


@frozen
class RunIdentity:
    """Who ran which command, when, from where. Times are UTC in the written form `2026-11-28T03:00:00Z`.

    `run` is a UUID; `commit` the Git commit of the manifests, None outside Git; `backend` the address or kind, without secrets;
    `fleet` its stable name in reports;
    `undo_file` the saved plan that takes the run back, None where nothing was written.
    """

    run: str
    command: str
    started: str
    ended: str
    actor: str
    host: str
    tool_version: str
    environment: str
    backend: str
    fleet: str
    commit: str | None = None
    undo_file: str | None = None


@frozen
class WrittenRun:
    """`run` is a UUID; `undo_file` the saved plan that takes the run back, None where nothing could be undone."""

    run: str
    undo_file: str | None = None


@frozen
class CommandResult:
    """Base of all results. `kind` is the name of its document: `plan` is published as `reconciler/plan`.

    `diagnostics` are about other things than the subject: manifests, the selection, the command. `requests` were sent
    to the backend, in order. `notices` say what to do next; they come after the result.
    """

    kind: ClassVar[str] = ""
    identity: RunIdentity | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    requests: tuple[RequestLogEntry, ...] = ()
    notices: tuple[Message, ...] = ()

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Also those of the subject and of its shops."""
        return self.diagnostics

    @property
    def counts(self) -> Mapping[str, int]:
        """How many shops (or files, rows) had which outcome."""
        return {}

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The outcome of each shop, by its key."""
        return {}

    @property
    def exit_code(self) -> ExitCode:
        return exit_code_for_diagnostics(self.all_diagnostics)

    @property
    def written_as(self) -> WrittenRun | None:
        """The run under which the journal knows what was written; None where nothing was."""
        return None


@frozen
class DoneResult(CommandResult):
    """Nothing to show but the notices."""

    kind: ClassVar[str] = "done"
