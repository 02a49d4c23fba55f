"""The job that the process runs in, as its environment describes it. Implements ports.ci.forge.CiJob.

The token is read from RECONCILER_FORGE_TOKEN, else GITHUB_TOKEN or CI_JOB_TOKEN. Outputs and the summary are appended to the
files that GitHub names; at GitLab outputs go to `reconciler.env` in the working directory, for `artifacts:reports:dotenv`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from reconciler.adapters.forges.github import GitHubForge
from reconciler.adapters.forges.github_environment import github_context
from reconciler.adapters.forges.gitlab import GitLabForge
from reconciler.adapters.forges.gitlab_environment import gitlab_context
from reconciler.adapters.forges.http import ForgeAddress, ForgeHttp
from reconciler.adapters.forges.record_text import cut
from reconciler.adapters.forges.variables import JobVariables, contradiction
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import Clock, SetupError
from reconciler.ports.ci.forge import CiContext, Forge, ForgeError, ForgeKind

DOTENV: Final = "reconciler.env"
SUMMARY_BYTES: Final = 1024 * 1024
"""Of one step: beyond it GitHub drops the whole summary."""
_OWN_TOKEN: Final = "RECONCILER_FORGE_TOKEN"  # noqa: S105  # the name of a variable
_JOB_TOKENS: Final = {ForgeKind.GITHUB: "GITHUB_TOKEN", ForgeKind.GITLAB: "CI_JOB_TOKEN"}
_TOKEN: Final = re.compile(r"[!-~]{8,4096}")
_SLACK: Final = 100
"""Characters fewer than the average says, so that cutting comes to an end."""
_UNFOLLOWED: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_NAME: Final = re.compile(r"[a-z_]+")


class EnvironmentJob:
    """`environment` is that of the process; `folder` is where a dotenv file is written."""

    def __init__(self, environment: Mapping[str, str], folder: Path, clock: Clock) -> None:
        self._values = environment
        self._folder = folder
        self._clock = clock

    def context(self) -> CiContext:
        github = self._values.get("GITHUB_ACTIONS") == "true"
        gitlab = self._values.get("GITLAB_CI") == "true"
        if github and gitlab:
            raise contradiction("GITHUB_ACTIONS", "GITLAB_CI")
        if github:
            return github_context(JobVariables(self._values, "GitHub Actions"))
        if gitlab:
            return gitlab_context(JobVariables(self._values, "GitLab CI"))
        raise SetupError(
            msg("Neither GITHUB_ACTIONS nor GITLAB_CI is `true`: this is not a job of GitHub Actions or GitLab CI"),
            code=codes.NO_CI,
            hint=msg("Run the command in a CI job; on your machine use `reconciler plan --changed-since REVISION`"),
        )

    @asynccontextmanager
    async def connect(self, context: CiContext, *, max_calls: int | None = None) -> AsyncIterator[Forge]:
        name = _OWN_TOKEN if self._values.get(_OWN_TOKEN) else _JOB_TOKENS[context.forge]
        token = self._token(name)
        if context.forge is ForgeKind.GITHUB:
            root = self._values.get("GITHUB_API_URL") or "https://api.github.com"
            headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
            address = ForgeAddress(root=root, header="Authorization", prefix="Bearer ", token=token, headers=headers)
            async with ForgeHttp(address, self._clock, max_calls=max_calls) as http:
                yield GitHubForge(http, context.repository, graphql=_graphql(root), run_url=context.run_url)
            return
        job_token = name == _JOB_TOKENS[ForgeKind.GITLAB]
        root = self._values.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
        header = "JOB-TOKEN" if job_token else "PRIVATE-TOKEN"
        address = ForgeAddress(root=root, header=header, prefix="", token=token)
        async with ForgeHttp(address, self._clock, max_calls=max_calls) as http:
            yield GitLabForge(
                http,
                context.repository,
                job_token=job_token,
                run_url=context.run_url,
                pipeline=self._pipeline(context),
            )

    def _token(self, name: str) -> Secret:
        value = self._values.get(name, "")
        if _TOKEN.fullmatch(value) is None:
            text = msg("The variable {name} is not set", name=name)
            if value:
                text = msg(
                    "The variable {name} is not a token: it contains spaces or characters that no token contains",
                    name=name,
                )
            raise ForgeError(text, code=codes.FORGE_TOKEN, hint=_SET_TOKEN)
        return Secret(value, SecretRef(f"ref+env://{name}"))

    def _pipeline(self, context: CiContext) -> tuple[str, int] | None:
        number = self._values.get("CI_PIPELINE_ID", "")
        return (context.commit, int(number)) if number.isascii() and number.isdigit() else None

    def write_outputs(self, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            assert _NAME.fullmatch(name)
            assert value.isprintable()
        target = self._values.get("GITHUB_OUTPUT")
        if target:
            self._append(Path(target), "".join(f"{name}={value}\n" for name, value in values.items()))
        elif self._values.get("GITLAB_CI") == "true":
            lines = "".join(f"PLAN_{name.upper()}={value}\n" for name, value in values.items())
            self._append(self._folder / DOTENV, lines, mode="w")

    def save_artifact(self, file: str, text: str) -> None:
        self._append(self._folder / file, text, mode="w")

    def read_artifact(self, file: str, most: int) -> bytes:
        path = self._folder / file
        try:
            with os.fdopen(os.open(path, _UNFOLLOWED), "rb") as stream:
                if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return stream.read(most + 1)
        except (OSError, ValueError) as error:
            raise _unreadable(path, system_reason(error)) from None
        raise _unreadable(path, msg("it is not a regular file"))

    def write_summary(self, markdown: str) -> bool:
        target = self._values.get("GITHUB_STEP_SUMMARY")
        if not target:
            return False
        path = Path(target)
        room = SUMMARY_BYTES - (path.stat().st_size if path.is_file() else 0)
        self._append(path, _within(markdown, room))
        return True

    def _append(self, path: Path, text: str, mode: str = "a") -> None:
        try:
            with path.open(mode, encoding="utf-8", newline="\n") as file:
                file.write(text)
        except (OSError, ValueError) as error:
            raise _unwritable(path, system_reason(error)) from None


def _within(text: str, most: int) -> str:
    """At most so many bytes, cut by lines; nothing if there is hardly any room."""
    size = len(text.encode())
    if size <= most:
        return text
    characters = most * len(text) // size - _SLACK
    return _within(cut(text, characters), most) if characters > 0 else ""


def _unwritable(path: Path, reason: Message) -> SetupError:
    return SetupError(
        msg("{file} cannot be written: {reason}", file=path.name, reason=reason),
        code=codes.CI_OUTPUT,
        hint=msg("Do not set GITHUB_OUTPUT and GITHUB_STEP_SUMMARY in the job, and keep the folder writable"),
    )


def _unreadable(path: Path, reason: Message) -> SetupError:
    return SetupError(
        msg("The artifact {file} cannot be used: {reason}", file=path.name, reason=reason),
        code=codes.BAD_ARTIFACT,
        hint=msg("Use the file that `ci plan --artifact` of the same version wrote for this commit"),
    )


def _graphql(root: str) -> str:
    """Of github.com beside the REST API, of GitHub Enterprise Server above it."""
    parts = urlsplit(root.rstrip("/"))
    path = f"{parts.path.removesuffix('/v3')}/graphql"
    return parts._replace(path=path).geturl()


_SET_TOKEN: Final = msg(
    "Give the step the job's token, for example `GITHUB_TOKEN: ${{{{ github.token }}}}` under `env`, or set "
    "RECONCILER_FORGE_TOKEN"
)
