"""Who wrote the lines of a manifest: as Git has it, with nothing executed that a repository's settings name."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.git.line_authors import GitLineAuthors
from reconciler.ports import SetupError
from tests.support.forge.remote import Remote, git


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """The second commit changes the second line."""
    remote = Remote(tmp_path)
    remote.date = "2026-03-01T00:00:00+00:00"
    remote.commit("main", {"shops/a.yaml": "one\ntwo\n"})
    remote.commit("main", {"shops/a.yaml": "one\nTWO\n"})
    return remote


def clone(remote: Remote, folder: Path, *options: str) -> GitLineAuthors:
    git(folder.parent, "clone", "-q", *options, "--branch=main", remote.url, str(folder))
    return GitLineAuthors(folder / "shops", "fleet/shops")


def test_each_line_has_its_commit(remote: Remote, tmp_path: Path) -> None:
    first, second = clone(remote, tmp_path / "work").commits_of("fleet/shops/a.yaml")
    assert first is not None
    assert second is not None
    tip = remote.tip("main")
    assert (first.commit, second.commit) == (git(remote.bare, "rev-parse", f"{tip}^"), tip)
    assert second.author == git(remote.bare, "log", "-1", "--format=%an", tip)
    assert second.at == "2026-03-01T00:00:00Z"
    assert not first.clone_ends


def test_a_line_that_is_not_committed(remote: Remote, tmp_path: Path) -> None:
    authors = clone(remote, tmp_path / "work")
    file = tmp_path / "work" / "shops" / "a.yaml"
    file.write_text("one\nthree\n")
    first, second = authors.commits_of("fleet/shops/a.yaml")
    assert first is not None
    assert second is None


def test_a_file_that_is_not_committed(remote: Remote, tmp_path: Path) -> None:
    authors = clone(remote, tmp_path / "work")
    (tmp_path / "work" / "shops" / "new [1].yaml").write_text("one\ntwo\nthree\n")
    assert authors.commits_of("fleet/shops/new [1].yaml") == (None, None, None)


def test_a_shallow_clone_says_where_it_ends(remote: Remote, tmp_path: Path) -> None:
    whole = clone(remote, tmp_path / "whole").commits_of("fleet/shops/a.yaml")
    shallow = clone(remote, tmp_path / "shallow", "--depth=1").commits_of("fleet/shops/a.yaml")
    assert [each is not None and each.clone_ends for each in whole] == [False, False]
    assert [each is not None and each.clone_ends for each in shallow] == [True, True]


def test_no_program_of_the_repository_is_run(remote: Remote, tmp_path: Path) -> None:
    authors = clone(remote, tmp_path / "work")
    folder, mark = tmp_path / "work", tmp_path / "ran"
    (folder / ".gitattributes").write_text("*.yaml diff=evil\n")
    git(folder, "config", "diff.evil.textconv", f"touch {mark}; cat")
    git(folder, "config", "core.fsmonitor", f"touch {mark}")
    assert len(authors.commits_of("fleet/shops/a.yaml")) == 2
    assert not mark.exists()


def test_no_commit_is_passed_over(remote: Remote, tmp_path: Path) -> None:
    authors = clone(remote, tmp_path / "work")
    before = authors.commits_of("fleet/shops/a.yaml")
    (tmp_path / "work" / "ignored").write_text(f"{remote.tip('main')}\n")
    git(tmp_path / "work", "config", "blame.ignoreRevsFile", str(tmp_path / "work" / "ignored"))
    assert authors.commits_of("fleet/shops/a.yaml") == before


def test_a_folder_without_git(tmp_path: Path) -> None:
    (tmp_path / "shops").mkdir()
    with pytest.raises(SetupError, match="is in no Git repository"):
        GitLineAuthors(tmp_path / "shops", "shops").commits_of("shops/a.yaml")
