"""The jobs of a GitLab pipeline that run reconciler, and what is wrong with them.

In: the trees of `.gitlab-ci.yml` and of the files of this repository that it includes. Out: jobs, and diagnostics. What a remote
component contains is not known here: only its pin is checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports.ci.files import CiFile, CiNode
from reconciler.workflows.setup.doctor.ci.github_jobs import FOLDER, no_requirement

_RUN: Final = re.compile(r"\breconciler\s+(?:ci\s+(plan|check|apply|issues)|(validate|drift|apply))\b")
_COMPONENT: Final = re.compile(r".+/reconciler/reconciler@(.+)")
_INPUT: Final = re.compile(r"\$\[\[ *inputs\.([\w-]+) *\]\]")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_KEYWORDS: Final = frozenset({"spec", "include", "workflow", "variables", "stages", "default", "image"})
_WITH_HISTORY: Final = frozenset({"plan", "check", "apply"})
_DEPTH: Final = 11
"""GitLab follows `extends` over so many levels."""


@frozen
class GitlabJob:
    """`inherited` are the job itself and the jobs that it extends, nearest first."""

    name: str
    node: CiNode
    inherited: tuple[CiNode, ...]
    commands: frozenset[str]

    def get(self, *path: str) -> CiNode | None:
        return next((found for node in self.inherited if (found := node.get(*path)) is not None), None)


def _pipeline(files: Iterable[CiFile]) -> tuple[CiNode, ...]:
    return tuple(node for file in files if not file.path.startswith(FOLDER) for node in file.documents)


def gitlab_jobs(files: Iterable[CiFile]) -> tuple[GitlabJob, ...]:
    named = {
        name: node
        for document in _pipeline(files)
        for name, node in document.entries
        if name not in _KEYWORDS and node.entries
    }
    jobs = (_job(name, node, named) for name, node in named.items() if not name.startswith("."))
    return tuple(job for job in jobs if job.commands)


def _job(name: str, node: CiNode, named: dict[str, CiNode]) -> GitlabJob:
    inherited = [node]
    for each in inherited:
        extends = each.get("extends")
        inherited += [named[base] for base in reversed(extends.texts() if extends else ()) if base in named]
        if len(inherited) > _DEPTH:
            break
    script = node.get("script")
    text = "\n".join(script.texts() if script else ())
    commands = frozenset(ci or plain for ci, plain in _RUN.findall(text))
    return GitlabJob(name=name, node=node, inherited=tuple(inherited), commands=commands)


def input_value(files: Iterable[CiFile], text: str) -> str:
    """The text; in place of an input its value where the file is included, else its default."""
    name = _INPUT.fullmatch(text)
    if name is None:
        return text
    listed = tuple(files)
    given = [each.text_at("inputs", name[1]) for each in _includes(listed)]
    defaults = [node.text_at("spec", "inputs", name[1], "default") for node in _pipeline(listed)]
    return next((found for found in (*given, *defaults) if found is not None), text)


def uses_component(files: Iterable[CiFile]) -> bool:
    return any(True for _ in _components(files))


def _includes(files: Iterable[CiFile]) -> Iterator[CiNode]:
    for document in _pipeline(files):
        include = document.get("include")
        if include is not None:
            yield from include.items or (include,)


def _components(files: Iterable[CiFile]) -> Iterator[CiNode]:
    for each in _includes(files):
        if _COMPONENT.fullmatch(each.text_at("component") or ""):
            yield each


def gitlab_problems(files: Iterable[CiFile], jobs: Iterable[GitlabJob]) -> Iterator[Diagnostic]:
    listed = tuple(files)
    for each in _includes(listed):
        yield from _unpinned(each)
        requirement = each.get("inputs", "requirement")
        if requirement is not None and not (requirement.text or "").strip():
            yield no_requirement(requirement.origin)
    depth = next((found for node in _pipeline(listed) if (found := node.text_at("variables", "GIT_DEPTH"))), None)
    for job in jobs:
        yield from _apply_job(job)
        own = job.get("variables", "GIT_DEPTH")
        if job.commands & _WITH_HISTORY and (own.text if own is not None else depth) != "0":
            text = msg("Job `{job}` does not fetch the whole history", job=job.name)
            hint = msg('Set the variable `GIT_DEPTH: "0"`: merged merge requests are found in the history')
            yield diagnostic(codes.SHALLOW_CHECKOUT, text, hint=hint, origin=job.node.origin)


def _unpinned(include: CiNode) -> Iterator[Diagnostic]:
    """Components and files of other projects, by their version; a file from the web has none."""
    component, project, remote = (include.text_at(key) for key in ("component", "project", "remote"))
    if component is None and project is None and remote is None:
        return
    version = component.rpartition("@")[2] if component else include.text_at("ref")
    if remote is None and version is not None and _COMMIT.fullmatch(version):
        return
    text = msg("{name} is not pinned to a full commit", name=component or project or remote or "")
    hint = msg("Name the 40 digits of a commit: after the @ of a component, in `ref` of a project's file")
    yield diagnostic(codes.UNPINNED_PART, text, hint=hint, origin=include.origin)


def _apply_job(job: GitlabJob) -> Iterator[Diagnostic]:
    if "apply" not in job.commands:
        return
    if job.get("environment") is None:
        text = msg("Job `{job}` applies outside a protected environment", job=job.name)
        hint = msg("Set `environment: production`, protect it, and scope the secrets to it")
        yield diagnostic(codes.UNPROTECTED_APPLY, text, hint=hint, origin=job.node.origin)
    interruptible = job.get("interruptible")
    if job.get("resource_group") is None or (interruptible is not None and interruptible.text == "true"):
        text = (
            msg("Job `{job}` has no `resource_group`: two applies can run at once", job=job.name)
            if job.get("resource_group") is None
            else msg("A newer pipeline cancels job `{job}` while it applies", job=job.name)
        )
        hint = msg("Set `resource_group: reconciler-apply` and `interruptible: false` in the job")
        yield diagnostic(codes.APPLY_CONCURRENCY, text, hint=hint, origin=_place(job))


def _place(job: GitlabJob) -> Origin:
    return job.node.origin
