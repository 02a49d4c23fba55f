"""The use case `ci comment`: the second stage after a pull request from a fork was validated.

It runs on the default branch with a token that may comment. The fork's result is read as hostile (`fork_report`); which pull
request it belongs to is asked of the forge, by the commit that the event names, and never read from the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.table_result import TableResult
from reconciler.core.results.validation_result import ValidationResult
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import COMMENT_CHARACTERS, ForgeError
from reconciler.workflows.ci.fork_report import REPORT_BYTES, read_fork_report

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ports.ci.forge import PullRequest
    from reconciler.workflows.session import Session

MARKER: Final = "<!-- reconciler:fork-validation -->"
_COLUMNS: Final = (
    ("pull_request", msg("Pull request")),
    ("diagnostics", msg("Diagnostics")),
    ("comment", msg("Comment")),
)
_ROOM: Final = 2_000
"""Of the comment's characters, for what is around the rendered result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForkCommentRequest:
    """`file` is the result of the fork's job, `language` that of the comment."""

    file: str
    language: str = "en"


async def comment_on_fork(session: Session, request: ForkCommentRequest) -> TableResult:
    """Raises SetupError: not such a job, an unreadable result, a forge that does not answer."""
    job = session.ci_job()
    context = job.context()
    if context.event != "workflow_run":
        raise SetupError(
            msg("The event {event} is not the end of another workflow", event=context.event),
            code=codes.NO_PULL_REQUEST,
            hint=msg("Run `ci comment` in a workflow with the trigger `workflow_run`"),
        )
    found = _read(session, request.file)
    try:
        async with job.connect(context) as forge:
            pull = await forge.open_pull_request_of(context.commit)
            if pull is None or not pull.from_fork:
                return _result(())
            url = await forge.keep_comment(pull.number, MARKER, _body(session, found, pull, request.language))
    except ForgeError as error:
        raise SetupError(error.text, code=error.code, hint=error.hint) from None
    return _result((str(pull.number), str(len(found)), url))


def _read(session: Session, file: str) -> tuple[Diagnostic, ...]:
    found = read_fork_report(session.ci_files.read_limited(file, REPORT_BYTES))
    if found is None:
        raise SetupError(
            msg("{file} is not the result of a validation", file=file),
            code=codes.FORK_REPORT,
            hint=msg("Write it with `reconciler validate -o json=FILE` in the job of the pull request"),
        )
    return found


def _body(session: Session, found: tuple[Diagnostic, ...], pull: PullRequest, language: str) -> str:
    result = ValidationResult(diagnostics=found, broken=tuple(sorted({d.origin.file for d in found if d.origin})))
    text = session.renderer.render(result, "markdown", language, COMMENT_CHARACTERS - _ROOM)
    return f"{MARKER}\n{text}\n`{pull.head[:12]}`\n"


def _result(row: tuple[str, ...]) -> TableResult:
    return TableResult(
        name="fork-comment",
        columns=_COLUMNS,
        rows=(row,) if row else (),
        empty=msg("No open pull request from a fork has this commit as its head"),
    )
