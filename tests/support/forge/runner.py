"""What a runner gives to a job: a clone of depth 1, the forge's variables and event file, a token of least rights. Nothing else.

In: the forge's world and server, a folder. Out: `Job`s, each a folder and an environment for one process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.forge.github import pull_json
from tests.support.forge.gitlab import FORK_ID, PROJECT_ID
from tests.support.forge.http import ForgeServer
from tests.support.forge.remote import git
from tests.support.forge.world import REPOSITORY, ForgeWorld, Pull, Token

FORK = "matsue-clay/shops"
GITHUB_RIGHTS = ("contents:read", "pull_requests:write", "checks:write")
GITHUB_FORK_RIGHTS = ("contents:read", "pull_requests:read", "checks:read")
PROGRAM = (sys.executable, "-m", "reconciler")
_KEPT = ("PATH", "HOME", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH", "COVERAGE_PROCESS_START")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`clone` is the work tree, `scratch` holds the files that the forge reads after a step."""

    clone: Path
    scratch: Path
    environment: Mapping[str, str]

    def run(self, *words: str, more: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=self.clone,
            env={**self.environment, **(more or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @property
    def summary(self) -> str:
        path = self.scratch / "summary"
        return path.read_text() if path.exists() else ""

    @property
    def outputs(self) -> dict[str, str]:
        """Of the step; at GitLab of the dotenv file."""
        paths = (self.scratch / "output", self.clone / "reconciler.env")
        lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
        return dict(line.split("=", 1) for line in lines)


class Runner:
    """`token` None: one of least rights for the forge's own CI identity."""

    def __init__(self, world: ForgeWorld, server: ForgeServer, folder: Path) -> None:
        self.world = world
        self.server = server
        self._folder = folder
        self._jobs = 0
        self.token = world.token("github-actions[bot]", *GITHUB_RIGHTS)
        self.issues_token = world.token("github-actions[bot]", "contents:read", "issues:write")
        self.fork_token = world.token("github-actions[bot]", *GITHUB_FORK_RIGHTS)
        self.bot = world.token("project_4711_bot", "api")
        self.job_token = world.token("aoi", job=True)

    def clone(self, ref: str, *, depth: int = 1) -> tuple[Path, Path]:
        """The ref checked out with no branch, as a checkout step does; and a folder beside it."""
        self._jobs += 1
        clone, scratch = self._folder / f"job-{self._jobs}", self._folder / f"job-{self._jobs}-files"
        scratch.mkdir(parents=True)
        clone.mkdir()
        git(clone, "init", "-q")
        git(clone, "remote", "add", "origin", self.world.remote.url)
        shallow = (f"--depth={depth}",) if depth else ()
        git(clone, "fetch", "-q", "--no-tags", *shallow, "origin", f"+{ref}:refs/remotes/origin/checked-out")
        git(clone, "checkout", "-q", "--detach", "refs/remotes/origin/checked-out")
        return clone, scratch

    def github_pull_request(
        self, number: int, *, merged: bool = True, depth: int = 1, event: str = "pull_request"
    ) -> Job:
        """`merged`: the merge of both is checked out, as by default; else the head."""
        pull = self.world.pulls[number]
        preview = self.world.remote.merge_preview(number, self.world.remote.tip(pull.base_branch), pull.head)
        clone, scratch = self.clone(f"refs/pull/{number}/{'merge' if merged else 'head'}", depth=depth)
        content = {"action": "synchronize", "number": number, "pull_request": pull_json(pull)}
        sha = self.world.remote.tip(pull.base_branch) if event == "pull_request_target" else preview
        token = self.fork_token if pull.fork and event == "pull_request" else self.token
        return self._github(clone, scratch, event, content, sha, token=token, ref=f"refs/pull/{number}/merge")

    def github_push(
        self, branch: str = "main", *, event: str = "push", depth: int = 1, token: Token | None = None
    ) -> Job:
        """Also `schedule` and `workflow_dispatch`."""
        clone, scratch = self.clone(f"refs/heads/{branch}", depth=depth)
        tip = self.world.remote.tip(branch)
        given = token or self.token
        return self._github(clone, scratch, event, {}, tip, token=given, ref=f"refs/heads/{branch}")

    def github_merge_group(self, number: int, *, depth: int = 1) -> Job:
        pull = self.world.pulls[number]
        base = self.world.remote.tip(pull.base_branch)
        head = self.world.remote.merge_preview(number, base, pull.head)
        branch = f"gh-readonly-queue/{pull.base_branch}/pr-{number}-{base}"
        self.world.remote.set_ref(f"refs/heads/{branch}", head)
        clone, scratch = self.clone(f"refs/heads/{branch}", depth=depth)
        group = {
            "head_sha": head,
            "head_ref": f"refs/heads/{branch}",
            "base_sha": base,
            "base_ref": f"refs/heads/{pull.base_branch}",
        }
        content = {"action": "checks_requested", "merge_group": group}
        return self._github(clone, scratch, "merge_group", content, head, token=self.token, ref=f"refs/heads/{branch}")

    def github_workflow_run(self, number: int) -> Job:
        """The second stage after a job of a pull request: on the default branch, with the rights to write."""
        pull = self.world.pulls[number]
        clone, scratch = self.clone("refs/heads/main")
        run = {"id": 99, "event": "pull_request", "head_sha": pull.head, "pull_requests": [], "conclusion": "success"}
        content = {"action": "completed", "workflow_run": run}
        tip = self.world.remote.tip("main")
        return self._github(clone, scratch, "workflow_run", content, tip, token=self.token, ref="refs/heads/main")

    def _github(
        self, clone: Path, scratch: Path, event: str, content: dict[str, Any], sha: str, *, token: Token, ref: str
    ) -> Job:
        repository = {"full_name": REPOSITORY, "default_branch": "main"}
        (scratch / "event.json").write_text(json.dumps({**content, "repository": repository}))
        for name in ("output", "summary"):
            (scratch / name).write_text("")
        variables = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "aoi",
            "GITHUB_API_URL": self.server.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(scratch / "event.json"),
            "GITHUB_OUTPUT": str(scratch / "output"),
            "GITHUB_REF": ref,
            "GITHUB_REF_NAME": ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(700 + self._jobs),
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_SHA": sha,
            "GITHUB_STEP_SUMMARY": str(scratch / "summary"),
            "GITHUB_TOKEN": token.value,
        }
        return Job(clone=clone, scratch=scratch, environment={**_machine(), **variables})

    def gitlab_merge_request(self, number: int, *, merged: bool = False, depth: int = 1, bot: bool = True) -> Job:
        """`merged`: a pipeline of merged results. `bot` False: the job's own token only."""
        pull = self.world.pulls[number]
        base = self.world.remote.tip(pull.base_branch)
        head = self.world.remote.merge_preview(number, base, pull.head) if merged else pull.head
        clone, scratch = self.clone(f"refs/pull/{number}/{'merge' if merged else 'head'}", depth=depth)
        variables = {
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": pull.base,
            "CI_MERGE_REQUEST_EVENT_TYPE": "merged_result" if merged else "detached",
            "CI_MERGE_REQUEST_IID": str(number),
            "CI_MERGE_REQUEST_PROJECT_ID": str(PROJECT_ID),
            "CI_MERGE_REQUEST_PROJECT_PATH": REPOSITORY,
            "CI_MERGE_REQUEST_PROJECT_URL": f"https://gitlab.example/{REPOSITORY}",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": pull.head if merged else "",
            "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": str(FORK_ID if pull.fork else PROJECT_ID),
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": pull.base_branch,
            "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": base if merged else "",
        }
        return self._gitlab(clone, scratch, "merge_request_event", head, variables, bot=bot, pull=pull)

    def gitlab_push(self, branch: str = "main", *, event: str = "push", depth: int = 1, bot: bool = True) -> Job:
        clone, scratch = self.clone(f"refs/heads/{branch}", depth=depth)
        tip = self.world.remote.tip(branch)
        return self._gitlab(clone, scratch, event, tip, {"CI_COMMIT_BRANCH": branch}, bot=bot)

    def _gitlab(
        self,
        clone: Path,
        scratch: Path,
        event: str,
        sha: str,
        more: Mapping[str, str],
        *,
        bot: bool,
        pull: Pull | None = None,
    ) -> Job:
        variables = {
            "CI": "true",
            "CI_API_V4_URL": f"{self.server.url}/api/v4",
            "CI_COMMIT_SHA": sha,
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_TOKEN": self.job_token.value,
            "CI_JOB_URL": f"https://gitlab.example/{REPOSITORY}/-/jobs/{800 + self._jobs}",
            "CI_PIPELINE_ID": str(900 + self._jobs),
            "CI_PIPELINE_SOURCE": event,
            "CI_PROJECT_ID": str(FORK_ID if pull and pull.fork else PROJECT_ID),
            "CI_PROJECT_PATH": FORK if pull and pull.fork else REPOSITORY,
            "GITLAB_CI": "true",
            "GITLAB_USER_LOGIN": "aoi",
        }
        secret = {"RECONCILER_FORGE_TOKEN": self.bot.value} if bot and not (pull and pull.fork) else {}
        return Job(clone=clone, scratch=scratch, environment={**_machine(), **variables, **more, **secret})


def _machine() -> dict[str, str]:
    """Of this machine only what a process needs to start."""
    own = {name: os.environ[name] for name in _KEPT if name in os.environ}
    git_settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return own | git_settings | {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "COLUMNS": "100"}
