"""The use case `ci comment`: the second stage of a pull request from a fork. It writes the comment that the first one may not.

The artifact is the fork's. Its number of a pull request is believed only if the forge says that this pull request has the very
commit that the first stage ran for; everything that is shown is made from validated values.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.command import CommandResult, DoneResult
from reconciler.core.results.validation_result import failure
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import COMMENT_CHARACTERS, CiContext, ForgeError
from reconciler.workflows.ci.artifact import MOST_BYTES, read_artifact
from reconciler.workflows.ci.names import comment_marker
from reconciler.workflows.ci.plan_reports import MAX_CALLS
from reconciler.workflows.session import Session


@frozen
class CommentRequest:
    """`artifact` is the file of the first stage."""

    artifact: str
    language: str = "en"


async def comment_pull_request(session: Session, request: CommentRequest) -> CommandResult:
    """Raises SetupError. Unlike a plan, a comment that the forge does not take is a failure: there is nothing else."""
    job = session.ci_job()
    context = job.context()
    if context.event != "workflow_run":
        raise SetupError(
            msg("The event {event} is not `workflow_run`", event=context.event),
            code=codes.NO_PULL_REQUEST,
            hint=msg("Run `ci comment` in a workflow that `workflow_run` starts, after the one with `ci plan`"),
        )
    found = read_artifact(job.read_artifact(request.artifact, MOST_BYTES), request.artifact)
    marked = replace(found, marker=comment_marker(session.target), run_url=context.run_url)
    body = session.renderer.render(marked, "markdown", request.language, COMMENT_CHARACTERS)
    try:
        async with job.connect(context, max_calls=MAX_CALLS) as forge:
            pull = await forge.pull_request(found.number)
            if pull.head != context.commit or found.head != context.commit:
                raise _other_commit(request.artifact, context)
            await forge.keep_comment(found.number, marked.marker, body)
    except ForgeError as error:
        return failure(diagnostic(error.code, error.text, hint=error.hint))
    return DoneResult(notices=(msg("Comment written in pull request {number}", number=found.number),))


def _other_commit(name: str, context: CiContext) -> SetupError:
    reason = msg("it is not of commit {commit}, for which the first stage ran", commit=context.commit[:12])
    return SetupError(
        msg("The artifact {file} cannot be used: {reason}", file=name, reason=reason),
        code=codes.BAD_ARTIFACT,
        hint=msg("Use the file that `ci plan --artifact` of the same version wrote for this commit"),
    )
