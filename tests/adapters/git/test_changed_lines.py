"""Which lines a pull request changes, as Git says it of a real clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.git.changed_lines import changed_lines
from tests.support.forge.remote import git


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main", ".")
    commit(tmp_path, {"a.yaml": "1\n2\n3\n4\n", "店 舗.yaml": "1\n", "gone.yaml": "1\n"})
    return tmp_path


def commit(folder: Path, files: dict[str, str]) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


def test_lines_as_they_are_now(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    (clone / "gone.yaml").unlink()
    commit(clone, {"a.yaml": "1\nnew\nnew\n3\n4x\n", "店 舗.yaml": "1\n2\n", "b.yaml": "1"})
    assert changed_lines(clone, base) == {"a.yaml": {2, 3, 5}, "店 舗.yaml": {2}, "b.yaml": {1}}


def test_the_base_branch_may_have_moved_on(clone: Path) -> None:
    start = git(clone, "rev-parse", "HEAD")
    moved = commit(clone, {"a.yaml": "0\n"})
    git(clone, "checkout", "-q", "-b", "topic", start)
    commit(clone, {"b.yaml": "1\n"})
    assert changed_lines(clone, moved) == {"b.yaml": {1}}


def test_content_is_not_taken_for_a_header(clone: Path) -> None:
    base = git(clone, "rev-parse", "HEAD")
    commit(clone, {"a.yaml": "1\n2\n++ other.yaml\n@@ -1 +7,9 @@\n"})
    assert changed_lines(clone, base) == {"a.yaml": {3, 4}}


@pytest.mark.parametrize("base", ["0" * 40, "HEAD", "--output=x", ""])
def test_without_that_commit_there_are_none(base: str, clone: Path) -> None:
    assert changed_lines(clone, base) == {}
    assert changed_lines(clone / "missing", base) == {}
