"""The area `ci`: everything that can be checked offline, then what the forge says.

In: a session. Out: checks; each problem has its code, its place and its fix. What was not checked is listed as skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.code_owners import owners_of, parse_code_owners
from reconciler.ports import SetupError
from reconciler.workflows.setup.doctor.check import Check, passed, problem, problem_of, skipped
from reconciler.workflows.setup.doctor.ci.forge_setup import check_forge
from reconciler.workflows.setup.doctor.ci.github_jobs import FOLDER, GithubJob, github_jobs, github_problems
from reconciler.workflows.setup.doctor.ci.gitlab_jobs import (
    GitlabJob,
    gitlab_jobs,
    gitlab_problems,
    input_value,
    uses_component,
)

if TYPE_CHECKING:
    from reconciler.ports.ci.files import CiFile
    from reconciler.workflows.session import Session

_A_SHOP: Final = "any-shop.yaml"
"""A file that no pattern names: the owners of the folder are those of every shop."""


def has_ci(session: Session) -> bool:
    """Whether a CI file runs reconciler, or one cannot be read. Raises SetupError."""
    files = session.ci_files().workflows()
    return _runs_reconciler(files) or any(file.problem for file in files)


def _runs_reconciler(files: Sequence[CiFile]) -> bool:
    return bool(github_jobs(files) or gitlab_jobs(files) or uses_component(files))


async def check_ci(session: Session) -> list[Check]:
    try:
        files = session.ci_files().workflows()
        if not has_ci(session):
            return [problem_of(_not_set_up())]
        offline = [*_files(files), *_code_owners(session, files), *_runner(session)]
        return [*offline, *await check_forge(session, _environments(files))]
    except SetupError as error:
        return [problem(error.text, error.hint)]


def _not_set_up() -> Diagnostic:
    return diagnostic(
        codes.CI_NOT_SET_UP,
        msg("No workflow file of GitHub and no pipeline of GitLab runs reconciler"),
        hint=msg("Run `reconciler init --ci github` or `reconciler init --ci gitlab`"),
    )


def _files(files: Sequence[CiFile]) -> Iterator[Check]:
    github, gitlab = github_jobs(files), gitlab_jobs(files)
    found = [
        *(file.problem for file in files if file.problem is not None),
        *github_problems(github),
        *(gitlab_problems(files, gitlab) if gitlab or uses_component(files) else ()),
    ]
    yield from map(problem_of, found)
    yield from _fine(github, gitlab, found)
    if uses_component(files) and not gitlab:
        yield skipped(msg("Not checked: the jobs of the included component"))
    if any(job.called for job in github):
        yield skipped(msg("Not checked: the jobs of the called workflows"))


def _fine(github: Sequence[GithubJob], gitlab: Sequence[GitlabJob], found: Sequence[Diagnostic]) -> Iterator[Check]:
    """The jobs where nothing was found, in one row for each forge."""
    wrong = {each.origin.file for each in found if each.origin is not None}
    if github and not any(job.file.path in wrong for job in github):
        yield passed(msg("GitHub jobs: {jobs}", jobs=", ".join(job.name for job in github)))
    if gitlab and not any(job.node.origin.file in wrong for job in gitlab):
        yield passed(msg("GitLab jobs: {jobs}", jobs=", ".join(job.name for job in gitlab)))


def _code_owners(session: Session, files: Sequence[CiFile]) -> Iterator[Check]:
    """Over the manifests, the settings, the CI files, and over itself."""
    read = session.ci_files().code_owners()
    if read is None:
        text = msg("There is no CODEOWNERS file: anyone with write access can approve a change of a shop")
        yield problem_of(diagnostic(codes.UNOWNED_FILE, text, hint=_own("/")))
        return
    name, text_of_file = read
    rules = parse_code_owners(text_of_file)
    paths = [f"{session.ci_files().manifest_folder()}/{_A_SHOP}", *_ci_paths(files), name]
    bare = [path for path in dict.fromkeys(paths) if not owners_of(rules, path)]
    for path in bare:
        shown = path.removesuffix(_A_SHOP)
        text = msg("{file} names no owner of {path}", file=name, path=shown)
        yield problem_of(diagnostic(codes.UNOWNED_FILE, text, hint=_own(f"/{shown}")))
    if not bare:
        yield passed(msg("{file} names owners of the manifests, of the CI files and of itself", file=name))


def _ci_paths(files: Sequence[CiFile]) -> Iterator[str]:
    ours = {job.file.path for job in github_jobs(files)}
    yield from (file.path for file in files if file.path in ours or not file.path.startswith(FOLDER))


def _own(path: str) -> Message:
    return msg("Add a line to CODEOWNERS: `{path} @OWNER`, and require a review from code owners", path=path)


def _environments(files: Sequence[CiFile]) -> tuple[str, ...]:
    """Of the jobs that apply; one that an expression names is not known here."""
    nodes = (
        *(job.node.get("environment") for job in github_jobs(files) if "apply" in job.commands),
        *(job.get("environment") for job in gitlab_jobs(files) if "apply" in job.commands),
    )
    names = (input_value(files, node.text or node.text_at("name") or "") for node in nodes if node is not None)
    return tuple(dict.fromkeys(name for name in names if name and "$" not in name))


def _runner(session: Session) -> Iterator[Check]:
    """The store as a runner has it: a file of the work tree is gone after the job."""
    place = next((each.value for each in session.project.settings() if each.name == "store"), None) or ""
    if "://" in place:
        yield passed(msg("The store is a database that every runner reaches"))
    elif place.startswith(("/", "..")):
        yield skipped(msg("Not checked: whether {place} is kept after a job on your runners", place=place))
    else:
        text = msg("The store {place} is a file in the work tree of a job", place=place)
        hint = msg("Use PostgreSQL (`store: postgresql://...`), or a file on a disk that is kept after the job")
        yield problem_of(diagnostic(codes.RUNNER_STORE, text, hint=hint))
