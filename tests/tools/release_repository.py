"""A repository with what a release changes: the files of this work tree, in a commit of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = (
    "reconciler",
    "tools",
    "changes",
    "deploy",
    "examples",
    "docs/upgrading.md",
    "docs/ja/upgrading.md",
    "docs/tutorial",
    "docs/ja/tutorial",
    "tests/__init__.py",
    "tests/corpus/interfaces",
    "CHANGELOG.md",
    "pyproject.toml",
    "constraints.txt",
)


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout


def repository(folder: Path) -> Path:
    """A new one, with one commit and nothing else."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PARTS).split("\0")
    for name in listed:
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    (folder / ".git/info/exclude").write_text("__pycache__/\n")
    git(folder, "config", "user.name", "Test")
    git(folder, "config", "user.email", "test@example.com")
    commit(folder, "The state before a release")
    return folder


def commit(folder: Path, subject: str) -> None:
    git(folder, "add", "--all")
    git(folder, "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", subject)


def python(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The tools of that repository, not those of this work tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GITLAB_", "CI"))}
    environment = kept | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    command = [sys.executable, *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
