"""The jobs of GitHub workflows that run reconciler, and what is wrong with them.

In: the trees of the workflow files. Out: jobs, and diagnostics. A job that calls a reusable workflow is checked for its pin and
its rights only: the rest is written there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports.ci.files import CiFile, CiNode

FOLDER: Final = ".github/workflows/"
_RUN: Final = re.compile(r"\breconciler\s+(?:ci\s+(plan|check|apply|comment|issues)|(validate|drift|apply))\b")
_ACTION: Final = re.compile(r"(?:.+/)?reconciler(?:@.+)?|\./?")
_REUSABLE: Final = re.compile(r".*/\.github/workflows/reconciler-([a-z]+)\.ya?ml(?:@.+)?")
_PINNED: Final = re.compile(r"[^@]+@[0-9a-f]{40}")
_WRITE_RIGHTS: Final[Mapping[str, tuple[str, ...]]] = {
    "plan": ("checks", "pull-requests"),
    "apply": ("checks", "pull-requests"),
    "check": ("checks",),
    "issues": ("issues",),
}
_ENOUGH: Final = frozenset({"checks", "pull-requests", "id-token", "security-events", "issues", "statuses"})
"""Rights to write that a job of reconciler may have."""
_WITH_HISTORY: Final = frozenset({"plan", "check", "apply"})
_ON_A_RUNNER_WITH_STORE: Final = ("plan", "apply")


@frozen
class GithubJob:
    """`commands` are the words after `reconciler` or `reconciler ci`. `called` is True for a reusable workflow."""

    file: CiFile
    name: str
    node: CiNode
    workflow: CiNode
    commands: frozenset[str]
    called: bool

    @property
    def origin(self) -> Origin:
        return self.node.origin


def github_jobs(files: Iterable[CiFile]) -> tuple[GithubJob, ...]:
    return tuple(
        GithubJob(file=file, name=name, node=node, workflow=workflow, commands=commands, called=called is not None)
        for file in files
        if file.path.startswith(FOLDER)
        for workflow in file.documents
        for name, node in _entries(workflow.get("jobs"))
        for called in [_REUSABLE.fullmatch(node.text_at("uses") or "")]
        if (commands := frozenset((called[1],)) if called else _commands(node))
    )


def _entries(node: CiNode | None) -> tuple[tuple[str, CiNode], ...]:
    return () if node is None else node.entries


def _steps(job: CiNode) -> tuple[CiNode, ...]:
    steps = job.get("steps")
    return () if steps is None else steps.items


def _commands(job: CiNode) -> frozenset[str]:
    found: set[str] = set()
    for step in _steps(job):
        script = step.text_at("run") or ""
        found.update(_meant(ci or plain, script) for ci, plain in _RUN.findall(script))
        if _ACTION.fullmatch(step.text_at("uses") or ""):
            found.add(step.text_at("with", "command") or "")
    return frozenset(found - {""})


def _meant(command: str, script: str) -> str:
    """With `--artifact` a plan is that of a fork: the job validates, and sends nothing."""
    return "validate" if command == "plan" and "--artifact" in script else command


def github_problems(jobs: Iterable[GithubJob]) -> Iterator[Diagnostic]:
    listed = tuple(jobs)
    workflows = {job.file.path: job.workflow for job in listed}
    for path, workflow in workflows.items():
        yield from _unpinned(path, workflow)
        yield from _fork_triggers(path, workflow)
        yield from _requirement(workflow)
    for job in listed:
        yield from _rights(job)
        if not job.called:
            yield from _apply_job(job)
            yield from _checkouts(job)
            yield from _key(job)


def _unpinned(path: str, workflow: CiNode) -> Iterator[Diagnostic]:
    """Every part of the file: a step that runs beside the tool reads the same work tree."""
    for _name, job in _entries(workflow.get("jobs")):
        for node in (job, *_steps(job)):
            uses = node.get("uses")
            if uses is None or uses.text is None or uses.text.startswith(("./", "docker://")):
                continue
            if not _PINNED.fullmatch(uses.text):
                text = msg("{name} is not pinned to a full commit", name=uses.text)
                hint = msg("Write the 40 digits of the commit after the @, and the version in a comment")
                yield diagnostic(codes.UNPINNED_PART, text, hint=hint, origin=Origin(path, uses.origin.line))


def _fork_triggers(path: str, workflow: CiNode) -> Iterator[Diagnostic]:
    on = workflow.get("on")
    names = () if on is None else on.texts() or tuple(name for name, _ in on.entries)
    if on is not None and "pull_request_target" in names:
        text = msg("`pull_request_target` gives the code of a fork the secrets of the repository")
        hint = msg(
            "Use `pull_request`, and `workflow_run` for the comment, as `reconciler init --ci github` writes them"
        )
        yield diagnostic(codes.FORK_SECRETS, text, hint=hint, origin=Origin(path, on.origin.line))


def _requirement(workflow: CiNode) -> Iterator[Diagnostic]:
    node = workflow.get("env", "REQUIREMENT")
    if node is not None and not (node.text or "").strip():
        yield no_requirement(node.origin)


def no_requirement(origin: Origin) -> Diagnostic:
    text = msg("What pip installs is not set")
    hint = msg("Set it to a version of your package index, a wheel, or `reconciler @ git+https://...@COMMIT`")
    return diagnostic(codes.NO_REQUIREMENT, text, hint=hint, origin=origin)


def _rights(job: GithubJob) -> Iterator[Diagnostic]:
    node = job.node.get("permissions") or job.workflow.get("permissions")
    if node is None:
        text = msg("Job `{job}` has no `permissions`: its token has the default rights of the repository", job=job.name)
        yield diagnostic(codes.TOKEN_RIGHTS, text, hint=_rights_hint(job), origin=job.origin)
        return
    granted = {name: level.text for name, level in node.entries}
    if node.text == "write-all":
        granted = {"contents": "write"}
    unneeded = sorted(name for name, level in granted.items() if level == "write" and name not in _ENOUGH)
    if unneeded:
        text = msg(
            "The token of job `{job}` may write `{name}`, which it does not need", job=job.name, name=unneeded[0]
        )
        yield diagnostic(codes.TOKEN_RIGHTS, text, hint=_rights_hint(job), origin=node.origin)
    needed = {name for command in job.commands for name in _WRITE_RIGHTS.get(command, ())}
    missing = sorted(name for name in needed if granted.get(name) != "write")
    if missing and node.text != "write-all":
        text = msg("The token of job `{job}` may not write `{name}`", job=job.name, name=missing[0])
        yield diagnostic(codes.TOKEN_RIGHTS, text, hint=_rights_hint(job), origin=node.origin)


def _rights_hint(job: GithubJob) -> Message:
    needed = sorted({name for command in job.commands for name in _WRITE_RIGHTS.get(command, ())})
    rights = ", ".join(("contents: read", *(f"{name}: write" for name in needed)))
    return msg("Set `permissions: {{{rights}}}` in the job", rights=rights)


def _apply_job(job: GithubJob) -> Iterator[Diagnostic]:
    if "apply" not in job.commands:
        return
    if job.node.get("environment") is None:
        text = msg("Job `{job}` applies outside a protected environment", job=job.name)
        hint = msg("Set `environment: production`, allow it for the default branch only, and keep the secrets in it")
        yield diagnostic(codes.UNPROTECTED_APPLY, text, hint=hint, origin=job.origin)
    node = job.node.get("concurrency") or job.workflow.get("concurrency")
    cancels = None if node is None else node.text_at("cancel-in-progress")
    if node is None or cancels not in (None, "false"):
        text = (
            msg("Job `{job}` has no `concurrency`: two applies can run at once", job=job.name)
            if node is None
            else msg("A newer run cancels job `{job}` while it applies", job=job.name)
        )
        hint = msg("Set `concurrency` in the job: one group, `queue: max` and `cancel-in-progress: false`")
        yield diagnostic(codes.APPLY_CONCURRENCY, text, hint=hint, origin=job.origin if node is None else node.origin)


def _checkouts(job: GithubJob) -> Iterator[Diagnostic]:
    for step in _steps(job.node):
        if not (step.text_at("uses") or "").startswith("actions/checkout@"):
            continue
        if job.commands & _WITH_HISTORY and step.text_at("with", "fetch-depth") != "0":
            text = msg("The checkout of job `{job}` does not fetch the whole history", job=job.name)
            hint = msg("Set `fetch-depth: 0`: merged pull requests are found in the history")
            yield diagnostic(codes.SHALLOW_CHECKOUT, text, hint=hint, origin=step.origin)
        if step.text_at("with", "persist-credentials") != "false":
            text = msg("The checkout of job `{job}` writes the token into the work tree", job=job.name)
            hint = msg("Set `persist-credentials: false`")
            yield diagnostic(codes.KEPT_CREDENTIALS, text, hint=hint, origin=step.origin)


def _key(job: GithubJob) -> Iterator[Diagnostic]:
    if not job.commands.intersection(_ON_A_RUNNER_WITH_STORE):
        return
    places = (job.workflow, job.node, *_steps(job.node))
    if not any(place.get("env", "RECONCILER_PLAN_KEY") for place in places):
        yield no_key(job.name, job.origin)


def no_key(name: str, origin: Origin) -> Diagnostic:
    text = msg("Job `{job}` does not get RECONCILER_PLAN_KEY", job=name)
    hint = msg("Run `reconciler key create`, and pass the content of .reconciler/plan.key as a secret variable")
    return diagnostic(codes.RUNNER_KEY, text, hint=hint, origin=origin)
