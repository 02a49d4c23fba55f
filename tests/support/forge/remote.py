"""The forge's Git: a bare repository, people who commit to it, and merges of each kind. Real `git`, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

PERSON = ("-c", "user.name=Aoi", "-c", "user.email=aoi@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str, date: str = "") -> str:
    """Without the Git settings of the machine. `date` is when people commit."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    dated = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    done = subprocess.run(
        ["git", *PERSON, "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | own | dated,
    )
    assert done.returncode == 0, f"git {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


class Remote:
    """`bare` is what runners clone; `desk` is the work tree of the people. `date` is that of all commits; empty: now."""

    def __init__(self, folder: Path, *, name: str = "shops") -> None:
        self.bare = folder / f"{name}.git"
        self.desk = folder / f"{name}-desk"
        self.date = ""
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.bare))
        git(folder, "init", "-q", "-b", "main", str(self.desk))
        self._desk("remote", "add", "origin", str(self.bare))

    def copy(self, folder: Path) -> Remote:
        """The same history in another folder."""
        other = Remote.__new__(Remote)
        other.bare, other.desk, other.date = folder / self.bare.name, folder / self.desk.name, self.date
        shutil.copytree(self.bare, other.bare)
        shutil.copytree(self.desk, other.desk)
        git(other.desk, "remote", "set-url", "origin", str(other.bare))
        return other

    @property
    def url(self) -> str:
        """Over Git's own protocol, so that a depth counts."""
        return self.bare.as_uri()

    def commit(
        self, branch: str, files: Mapping[str, str | None], *, start: str = "main", message: str = "change"
    ) -> str:
        """A commit on top of the branch, made at `start` if there is none yet; None deletes a file."""
        if not self._checkout(branch, start):
            self._desk("checkout", "-q", "--orphan", branch)
        for name, content in files.items():
            path = self.desk / name
            if content is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        self._desk("add", "-A")
        self._desk("commit", "-q", "--allow-empty", "-m", message)
        return self.publish(branch)

    def _checkout(self, branch: str, start: str) -> bool:
        known = self._desk("for-each-ref", "--format=%(refname:short)", "refs/heads").split()
        if branch in known:
            self._desk("checkout", "-q", branch, "--")
        elif start in known or known:
            self._desk("checkout", "-q", "-b", branch, start)
        return bool(known)

    def _desk(self, *words: str) -> str:
        return git(self.desk, *words, date=self.date)

    def publish(self, branch: str) -> str:
        self._desk("push", "-q", "--force", "origin", f"refs/heads/{branch}:refs/heads/{branch}")
        return self.tip(branch)

    def tip(self, branch: str) -> str:
        return git(self.bare, "rev-parse", f"refs/heads/{branch}")

    def set_ref(self, name: str, commit: str) -> None:
        git(self.bare, "update-ref", name, commit)

    def merge_preview(self, number: int, base: str, head: str) -> str:
        """The commit that a forge tests: both merged. Published as `refs/pull/N/merge`."""
        self._desk("checkout", "-q", "--detach", base)
        self._desk("merge", "-q", "--no-ff", "-m", f"Merge {head} into {base}", head)
        made = self._desk("rev-parse", "HEAD")
        self._desk("push", "-q", "--force", "origin", f"{made}:refs/pull/{number}/merge")
        return made

    def merge(self, head: str, into: str, how: str) -> str:
        """The newest commit of `into` afterwards. `how`: merge, squash, rebase, fast-forward."""
        self._desk("checkout", "-q", into, "--")
        match how:
            case "merge":
                self._desk("merge", "-q", "--no-ff", "-m", "Merge pull request", head)
            case "squash":
                self._desk("merge", "-q", "--squash", head)
                self._desk("commit", "-q", "--allow-empty", "-m", "Squashed")
            case "rebase":
                base = self._desk("merge-base", into, head)
                self._desk("cherry-pick", "--allow-empty", f"{base}..{head}")
            case "fast-forward":
                self._desk("merge", "-q", "--ff-only", head)
            case _:
                raise AssertionError(how)
        return self.publish(into)
