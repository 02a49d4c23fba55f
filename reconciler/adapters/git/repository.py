"""Implements ports.ci.repository.Repository over the clone that holds the folder of manifests.

A shallow clone is deepened step by step until it holds the requested commits, at most a few thousand commits. Only commits
and full reference names go to Git as words, so that no name of a branch can be an option.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, TypeVar

from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent, changed_paths, first_line, path_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.ports import SetupError
from reconciler.ports.ci.repository import BranchCommit

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_STEPS: Final = (64, 256, 1024, 4096)
"""Commits that each step adds to a shallow clone."""
_MARGIN: Final = 32
"""So many commits in a row that say they are old end the search: one alone may have been dated by a wrong clock."""
_FETCH_SECONDS: Final = 300.0
_REMOTE: Final = "origin"
_FETCH: Final = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
_NO: Final = 1
_NO_SUCH_REF: Final = 2

Found = TypeVar("Found")


class GitRepository:
    """`folder` holds the manifests; the repository may be above it."""

    def __init__(self, folder: Path) -> None:
        self._git = GitProgram(folder)

    def head(self) -> str:
        done = self._ask("rev-parse", "--verify", "HEAD^{commit}")
        if done.returncode != 0:
            raise self._without_commit() or self._no_answer(done.stderr)
        return done.stdout.decode().strip()

    def prefix(self) -> str:
        """The path of the folder in its repository, with a slash at its end; empty for the root."""
        return self._text("rev-parse", "--show-prefix")

    def parents(self, commit: str) -> tuple[str, ...]:
        """From the commit itself: where a shallow clone ends, Git hides them."""
        self.obtain(commit)
        head = self._text("cat-file", "commit", _checked(commit)).partition("\n\n")[0]
        return tuple(line.removeprefix("parent ") for line in head.splitlines() if line.startswith("parent "))

    def merge_base(self, one: str, other: str) -> str:
        self.obtain(one)
        self.obtain(other)

        def search() -> str | None:
            done = self._ask("merge-base", _checked(one), _checked(other))
            return done.stdout.decode().strip() if done.returncode == 0 else None

        found = self._deepening((one, other), search)
        if found is None:
            raise self._lacks(msg("Commits {one} and {other} have no common history", one=one[:12], other=other[:12]))
        return found

    def is_ancestor(self, ancestor: str, of: str) -> bool:
        self.obtain(ancestor)
        self.obtain(of)

        def search() -> bool | None:
            done = self._ask("merge-base", "--is-ancestor", _checked(ancestor), _checked(of))
            if done.returncode not in {0, _NO}:
                raise self._no_answer(done.stderr)
            return True if done.returncode == 0 else None

        if self._deepening((of,), search):
            return True
        if self._shallow():
            raise self._lacks(
                msg("It is not known whether {one} comes before {other}", one=ancestor[:12], other=of[:12])
            )
        return False

    def changed_files(self, old: str, new: str) -> frozenset[str]:
        self.obtain(old)
        self.obtain(new)
        words = ("diff-tree", "-r", "--no-ext-diff", "--no-renames", "--name-status", "-z", "--relative")
        return frozenset(changed_paths(self._output(*words, _checked(old), _checked(new))))

    def first_parent_commits(
        self, tip: str, since: datetime, known: Collection[str] = frozenset()
    ) -> Sequence[BranchCommit]:
        self.obtain(tip)

        def search() -> tuple[int, list[str]] | None:
            """How many commits are in question, and all of them; None while the clone may end too early to know."""
            listed = self._listed(tip)
            commits = [commit for commit, _ in listed]
            reach = _reach(listed, int(since.timestamp()), known)
            unsure = len(commits) <= reach + _MARGIN or not frozenset(known).issubset(commits)
            return None if unsure and commits[-1] in self._ends() else (reach, commits)

        found = self._deepening((tip,), search)
        if found is None:
            raise self._lacks(msg("The history since {date} is not in the clone", date=since.date().isoformat()))
        reach, commits = found
        return tuple(self._log(tip, commits[reach : reach + 1])) if reach else ()

    def _listed(self, tip: str) -> list[tuple[str, int]]:
        """Every first-parent commit with the seconds of its committer's clock, newest first."""
        lines = self._text("rev-list", "--first-parent", "--timestamp", _checked(tip)).splitlines()
        return [(commit, int(seconds)) for seconds, _, commit in (line.partition(" ") for line in lines)]

    def _log(self, tip: str, below: Sequence[str]) -> Iterator[BranchCommit]:
        words = ("log", "--first-parent", "--diff-merges=first-parent", "--no-show-signature", "--no-ext-diff")
        form = ("--no-renames", "--name-status", "-z", "--relative", "--format=%H%x00%ct")
        ends = [f"^{_checked(commit)}" for commit in below]
        output = self._output(*words, *form, _checked(tip), *ends, "--", ".")
        parts = output.split(b"\0")
        place = 0
        while place + 1 < len(parts):
            commit, seconds = parts[place].decode(), parts[place + 1].decode()
            place += 2
            files: list[str] = []
            while place + 1 < len(parts) and _COMMIT.fullmatch(parts[place].decode()) is None:
                files += [path_of(parts[place + 1])] if parts[place].strip() else []
                place += 2 if parts[place].strip() else 1
            yield BranchCommit(commit=commit, time=datetime.fromtimestamp(int(seconds), UTC), files=frozenset(files))

    def uncommitted(self, *files: str) -> frozenset[str]:
        form = ("--no-ext-diff", "--no-renames", "--name-status", "-z", "--relative")
        words = ("--literal-pathspecs", "diff", *form, "HEAD", "--", *files)
        others = self._output("--literal-pathspecs", "ls-files", "--others", "-z", "--", *files).split(b"\0")
        return frozenset((*changed_paths(self._output(*words)), *(path_of(name) for name in others if name)))

    def remote_tip(self, branch: str) -> str:
        ref = f"refs/heads/{branch}"
        if self._ask("check-ref-format", ref).returncode != 0:
            raise _unusable(msg("The branch has no valid name"), _IN_CLONE)
        done = self._ask("ls-remote", "--exit-code", _REMOTE, ref, seconds=_FETCH_SECONDS)
        if done.returncode not in {0, _NO_SUCH_REF}:
            raise self._no_answer(done.stderr)
        lines = (line.partition("\t") for line in done.stdout.decode("utf-8", "replace").splitlines())
        found = next((commit for commit, _, name in lines if name == ref), None)
        if found is None:
            raise _unusable(msg("The remote has no such branch"), _IN_CLONE)
        return _checked(found)

    def obtain(self, commit: str) -> None:
        """The commit itself; a shallow clone stays one."""
        if self._ask("cat-file", "-e", f"{_checked(commit)}^{{commit}}").returncode == 0:
            return
        depth = ("--depth=1",) if self._shallow() else ()
        done = self._ask(*_FETCH, *depth, _REMOTE, commit, seconds=_FETCH_SECONDS)
        if done.returncode != 0:
            raise self._lacks(
                msg(
                    "Commit {commit} is not in the clone: {reason}",
                    commit=commit[:12],
                    reason=redact(first_line(done.stderr)),
                )
            )

    def _deepening(self, commits: Sequence[str], search: Callable[[], Found | None]) -> Found | None:
        """What `search` finds, in a clone that is deepened as long as it finds nothing."""
        for step in _STEPS:
            found = search()
            if found is not None or not self._shallow():
                return found
            done = self._ask(*_FETCH, f"--deepen={step}", _REMOTE, *map(_checked, commits), seconds=_FETCH_SECONDS)
            if done.returncode != 0:
                raise self._lacks(msg("The clone cannot be deepened: {reason}", reason=redact(first_line(done.stderr))))
        return search()

    def _shallow(self) -> bool:
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def _ends(self) -> frozenset[str]:
        """The commits at which a shallow clone ends."""
        path = Path(self._text("rev-parse", "--path-format=absolute", "--git-path", "shallow"))
        return frozenset(path.read_text().split()) if path.is_file() else frozenset()

    def _text(self, *words: str) -> str:
        return self._output(*words).decode("utf-8", "replace").strip()

    def _output(self, *words: str) -> bytes:
        done = self._ask(*words)
        if done.returncode != 0:
            raise self._no_answer(done.stderr)
        return done.stdout

    def _ask(self, *words: str, seconds: float = 60.0) -> CompletedProcess[bytes]:
        try:
            return self._git.ask(*words, seconds=seconds)
        except GitMissing:
            hint = msg("Install Git in the image of the job")
            raise _unusable(msg("Git was not found: no program `git`"), hint) from None
        except GitSilent as error:
            raise _unusable(msg("Git does not answer ({kind})", kind=str(error)), _IN_CLONE) from None

    def _no_answer(self, stderr: bytes) -> SetupError:
        folder = self._git.folder.as_posix()
        text = msg(
            "Git cannot read the repository at {folder}: {reason}", folder=folder, reason=redact(first_line(stderr))
        )
        return _unusable(text, _IN_CLONE)

    def _without_commit(self) -> SetupError | None:
        """As after `git init`: nothing is broken."""
        refs = self._ask("for-each-ref", "--count=1")
        if refs.returncode != 0 or refs.stdout.strip():
            return None
        text = msg("The repository at {folder} has no commit yet", folder=self._git.folder.as_posix())
        return _unusable(text, msg("Commit the manifests, then run the command again"))

    def _lacks(self, text: Message) -> SetupError:
        return _unusable(text, _WHOLE_HISTORY, codes.SHALLOW_CLONE)


_IN_CLONE: Final = msg("Run the command in the clone that the job's checkout created")
_WHOLE_HISTORY: Final = msg("Check out the whole history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab")


def _reach(listed: Sequence[tuple[str, int]], since: int, known: Collection[str]) -> int:
    """How many of the newest commits count. What is below a known or a recent commit cannot be newer than it; what is above
    counts, with any time in it.
    """
    reach = 0
    for place, (commit, seconds) in enumerate(listed):
        if commit in known or (seconds >= since and place <= reach + _MARGIN):
            reach = place + 1
    return reach


def _unusable(text: Message, hint: Message, code: Code = codes.NO_CLONE) -> SetupError:
    return SetupError(text, code=code, hint=hint)


def _checked(commit: str) -> str:
    """Nothing but a commit goes to Git as a word."""
    if _COMMIT.fullmatch(commit) is None:
        raise _unusable(msg("Invalid commit ID"), _IN_CLONE)
    return commit
