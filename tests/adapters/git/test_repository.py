"""The clone of a runner: its history is fetched as far as it is needed, and nothing that it brings is executed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.adapters.git import repository as module
from reconciler.adapters.git.repository import GitRepository
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from tests.support.forge.remote import Remote, git

pytestmark = pytest.mark.system


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """`feature` leaves `main` at its second commit; both go on for five more."""
    remote = Remote(tmp_path)
    remote.date = "2026-03-01T00:00:00+00:00"
    remote.commit("main", {"shops/a.yaml": "1", "README.md": "1"})
    remote.commit("main", {"shops/b.yaml": "1"})
    for number in range(5):
        remote.commit("feature", {f"shops/f{number}.yaml": "1"})
        remote.commit("main", {f"shops/m{number}.yaml": "1"})
    return remote


def clone(remote: Remote, ref: str, folder: Path, *, depth: int = 1) -> GitRepository:
    git(folder.parent, "init", "-q", str(folder))
    git(folder, "remote", "add", "origin", remote.url)
    git(folder, "fetch", "-q", *((f"--depth={depth}",) if depth else ()), "origin", f"{ref}:refs/remotes/origin/here")
    git(folder, "checkout", "-q", "--detach", "refs/remotes/origin/here")
    return GitRepository(folder / "shops")


@pytest.mark.parametrize("depth", [0, 1])
def test_merge_base_and_the_files_between(remote: Remote, tmp_path: Path, depth: int) -> None:
    ours = clone(remote, "refs/heads/feature", tmp_path / "job", depth=depth)
    head, base = ours.head(), remote.tip("main")
    since = ours.merge_base(base, head)
    assert since == git(remote.bare, "merge-base", "main", "feature")
    assert ours.changed_files(since, head) == {f"f{number}.yaml" for number in range(5)}


def test_a_deleted_and_a_renamed_file_are_listed(remote: Remote, tmp_path: Path) -> None:
    before = remote.tip("feature")
    remote.commit("feature", {"shops/f0.yaml": None, "shops/g0.yaml": "1", "shops/f1.yaml": None, "README.md": "2"})
    ours = clone(remote, "refs/heads/feature", tmp_path / "job")
    assert ours.changed_files(before, ours.head()) == {"f0.yaml", "g0.yaml", "f1.yaml"}


def test_the_parents_of_the_commit_at_which_a_shallow_clone_ends(remote: Remote, tmp_path: Path) -> None:
    preview = remote.merge_preview(17, remote.tip("main"), remote.tip("feature"))
    ours = clone(remote, "refs/pull/17/merge", tmp_path / "job")
    assert ours.head() == preview
    assert ours.parents(preview) == (remote.tip("main"), remote.tip("feature"))


@pytest.mark.parametrize("depth", [0, 1])
def test_ancestors(remote: Remote, tmp_path: Path, depth: int) -> None:
    ours = clone(remote, "refs/heads/main", tmp_path / "job", depth=depth)
    first = git(remote.bare, "rev-list", "--max-parents=0", "main")
    assert ours.is_ancestor(first, ours.head())
    assert ours.is_ancestor(ours.head(), ours.head())
    assert not ours.is_ancestor(remote.tip("feature"), ours.head())


@pytest.mark.parametrize("depth", [0, 1])
def test_first_parent_commits(remote: Remote, tmp_path: Path, depth: int) -> None:
    remote.date = "2026-03-08T00:00:00+00:00"
    squashed = remote.merge(remote.tip("feature"), "main", "squash")
    remote.date = "2026-03-09T00:00:00+00:00"
    remote.commit("main", {"README.md": "not a manifest"})
    remote.commit("other", {"shops/o1.yaml": "1"})
    remote.commit("other", {"shops/o 2\t日本.yaml": "1"})
    merged = remote.merge(remote.tip("other"), "main", "merge")
    ours = clone(remote, "refs/heads/main", tmp_path / "job", depth=depth)
    found = ours.first_parent_commits(ours.head(), datetime(2026, 3, 7, tzinfo=UTC))
    assert [each.commit for each in found] == [merged, squashed]
    assert found[0].files == {"o1.yaml", "o 2\t日本.yaml"}
    assert found[1].files == {f"f{number}.yaml" for number in range(5)}
    assert found[0].time == datetime(2026, 3, 9, tzinfo=UTC)
    assert len(ours.first_parent_commits(ours.head(), datetime(2020, 1, 1, tzinfo=UTC))) == 9


@pytest.mark.parametrize("depth", [0, 1])
def test_a_commit_with_a_wrong_clock_hides_nothing_below_it(remote: Remote, tmp_path: Path, depth: int) -> None:
    remote.date = "2026-03-08T00:00:00+00:00"
    recent = remote.commit("main", {"shops/f1.yaml": "2"})
    remote.date = "2001-01-01T00:00:00+00:00"
    old = remote.commit("main", {"shops/f2.yaml": "2"})
    ours = clone(remote, "refs/heads/main", tmp_path / "job", depth=depth)
    found = ours.first_parent_commits(ours.head(), datetime(2026, 3, 7, tzinfo=UTC))
    assert [(each.commit, each.files) for each in found] == [(old, {"f2.yaml"}), (recent, {"f1.yaml"})]


@pytest.mark.parametrize("depth", [0, 1])
def test_a_commit_that_was_merged_lately_counts_whatever_time_it_says(
    remote: Remote, tmp_path: Path, depth: int
) -> None:
    remote.date = "2026-02-01T00:00:00+00:00"
    merged = [remote.commit("main", {"shops/f1.yaml": str(number)}) for number in range(40)]
    ours = clone(remote, "refs/heads/main", tmp_path / "job", depth=depth)
    when = datetime(2026, 3, 7, tzinfo=UTC)
    assert ours.first_parent_commits(ours.head(), when) == ()
    found = ours.first_parent_commits(ours.head(), when, {merged[2]})
    assert [each.commit for each in found] == merged[:1:-1]


def test_history_that_is_too_far_away_says_how_to_get_it(
    remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STEPS", (1,))
    ours = clone(remote, "refs/heads/feature", tmp_path / "job")
    for act in (
        lambda: ours.merge_base(remote.tip("main"), ours.head()),
        lambda: ours.is_ancestor(remote.tip("main"), ours.head()),
        lambda: ours.first_parent_commits(ours.head(), datetime(2020, 1, 1, tzinfo=UTC)),
    ):
        with pytest.raises(SetupError) as caught:
            act()
        assert caught.value.code is codes.SHALLOW_CLONE
        assert "fetch-depth: 0" in str(caught.value.hint)


def test_a_remote_that_is_gone_says_how_to_get_the_history(remote: Remote, tmp_path: Path) -> None:
    ours = clone(remote, "refs/heads/feature", tmp_path / "job")
    base = remote.tip("main")
    git(tmp_path / "job", "remote", "set-url", "origin", "https://user:hunter2@127.0.0.1:9/x.git")
    with pytest.raises(SetupError) as caught:
        ours.merge_base(base, ours.head())
    assert caught.value.code is codes.SHALLOW_CLONE
    assert "hunter2" not in str(caught.value.text)


def test_two_histories_without_a_common_commit(remote: Remote, tmp_path: Path) -> None:
    git(remote.desk, "checkout", "-q", "--orphan", "island")
    git(remote.desk, "commit", "-q", "--allow-empty", "-m", "island")
    island = remote.publish("island")
    ours = clone(remote, "refs/heads/feature", tmp_path / "job", depth=0)
    with pytest.raises(SetupError) as caught:
        ours.merge_base(island, ours.head())
    assert "no common history" in str(caught.value.text)


def test_the_tip_of_the_remote_is_asked_each_time(remote: Remote, tmp_path: Path) -> None:
    ours = clone(remote, "refs/heads/main", tmp_path / "job")
    assert ours.remote_tip("main") == ours.head()
    moved = remote.commit("main", {"shops/new.yaml": "1"})
    assert ours.remote_tip("main") == moved != ours.head()


@pytest.mark.parametrize(
    "branch", ["--upload-pack=touch pwned", "../main", "", "main\nx", "a b", "no-such-branch", "main*", "@{-1}", "-x"]
)
def test_a_hostile_or_missing_branch_is_an_error_and_no_option(remote: Remote, tmp_path: Path, branch: str) -> None:
    ours = clone(remote, "refs/heads/main", tmp_path / "job")
    with pytest.raises(SetupError) as caught:
        ours.remote_tip(branch)
    assert caught.value.code is codes.NO_CLONE
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("commit", ["--all", "HEAD", "main", "", "a" * 39, "a" * 40 + "\n", "refs/heads/main"])
def test_only_commits_are_words_of_a_command(remote: Remote, tmp_path: Path, commit: str) -> None:
    ours = clone(remote, "refs/heads/main", tmp_path / "job")
    for act in (ours.parents, ours.obtain, lambda one: ours.merge_base(one, ours.head())):
        with pytest.raises(SetupError):
            act(commit)


def test_a_branch_named_like_an_option_is_an_ordinary_branch(remote: Remote, tmp_path: Path) -> None:
    tip = remote.tip("main")
    remote.set_ref("refs/heads/$(touch${IFS}pwned);x", tip)
    ours = clone(remote, "refs/heads/main", tmp_path / "job")
    assert ours.remote_tip("$(touch${IFS}pwned);x") == tip
    assert not list(tmp_path.rglob("pwned"))


def test_no_program_of_the_repository_is_executed(remote: Remote, tmp_path: Path) -> None:
    ours = clone(remote, "refs/heads/feature", tmp_path / "job")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path / 'pwned'}\n")
    program.chmod(0o700)
    hooks = tmp_path / "job" / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-checkout", "pre-auto-gc", "post-index-change", "fsmonitor-watchman"):
        (hooks / name).write_bytes(program.read_bytes())
        (hooks / name).chmod(0o700)
    for name in ("core.fsmonitor", "diff.external", "core.pager", "gpg.program", "core.editor"):
        git(tmp_path / "job", "config", name, str(program))
    git(tmp_path / "job", "config", "log.showSignature", "true")
    (tmp_path / "pwned").unlink(missing_ok=True)
    since = ours.merge_base(remote.tip("main"), ours.head())
    ours.changed_files(since, ours.head())
    ours.first_parent_commits(ours.head(), datetime(2020, 1, 1, tzinfo=UTC))
    ours.uncommitted()
    ours.remote_tip("main")
    assert not (tmp_path / "pwned").exists()


def test_what_is_not_committed(remote: Remote, tmp_path: Path) -> None:
    ours = clone(remote, "refs/heads/main", tmp_path / "job")
    assert ours.uncommitted() == frozenset()
    (tmp_path / "job" / "shops" / "a.yaml").write_text("2")
    (tmp_path / "job" / "shops" / "new.yaml").write_text("2")
    (tmp_path / "job" / "README.md").write_text("2")
    assert ours.uncommitted() == {"a.yaml", "new.yaml"}


def test_no_clone_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shops").mkdir()
    with pytest.raises(SetupError) as caught:
        GitRepository(tmp_path / "shops").head()
    assert caught.value.code is codes.NO_CLONE
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError) as caught:
        GitRepository(tmp_path / "shops").head()
    assert "no program `git`" in str(caught.value.text)
