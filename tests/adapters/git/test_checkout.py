"""The checkout of a watcher: it follows its remote where nothing has to be merged, and loses no file of anybody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.adapters.git.checkout import GitCheckout
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from tests.support.forge.remote import Remote, git


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote(tmp_path)
    made.commit("main", {"shops/a.yaml": "1", "shops/b.yaml": "1", ".gitignore": "*.local\n"})
    return made


@pytest.fixture
def folder(remote: Remote, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", remote.url, str(tmp_path / "clone"))
    return tmp_path / "clone"


def refusal(checkout: GitCheckout) -> str:
    """What an update says; the commit that is checked out stays."""
    before = checkout.head()
    with pytest.raises(SetupError) as caught:
        checkout.update()
    assert caught.value.code is codes.CHECKOUT_NOT_UPDATED
    assert checkout.head() == before
    return str(caught.value)


def test_the_commit_that_is_checked_out(folder: Path, remote: Remote) -> None:
    checkout = GitCheckout(folder / "shops")
    assert checkout.head() == remote.tip("main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "mine")
    assert checkout.head() == git(folder, "rev-parse", "HEAD")


def test_a_folder_outside_git_has_no_commit(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert GitCheckout(tmp_path / "plain").head() is None


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="No such file"):
        GitCheckout(tmp_path / "missing").head()


@pytest.mark.parametrize("depth", [0, 1])
def test_an_update_moves_to_the_commit_of_the_remote(remote: Remote, tmp_path: Path, depth: int) -> None:
    words = ("--depth=1",) if depth else ()
    git(tmp_path, "clone", "-q", *words, remote.url, str(tmp_path / "clone"))
    checkout = GitCheckout(tmp_path / "clone" / "shops")
    for number in range(3):
        tip = remote.commit("main", {f"shops/new{number}.yaml": "1", "shops/a.yaml": str(number)})
        checkout.update()
        assert checkout.head() == tip
        assert (tmp_path / "clone/shops/a.yaml").read_text() == str(number)
    checkout.update()
    assert git(tmp_path / "clone", "status", "--porcelain") == ""


def test_files_that_are_not_committed_stay_as_they_are(remote: Remote, folder: Path) -> None:
    git(folder, "config", "merge.autoStash", "true")
    (folder / "shops/b.yaml").write_text("changed here")
    (folder / "shops/staged.yaml").write_text("staged here")
    git(folder, "add", "shops/staged.yaml")
    (folder / "shops/note.txt").write_text("untracked")
    (folder / "own.local").write_text("ignored")
    tip = remote.commit("main", {"shops/a.yaml": "2"})
    checkout = GitCheckout(folder / "shops")
    checkout.update()
    assert checkout.head() == tip
    kept = {
        name: (folder / name).read_text()
        for name in ("shops/b.yaml", "shops/staged.yaml", "shops/note.txt", "own.local")
    }
    assert list(kept.values()) == ["changed here", "staged here", "untracked", "ignored"]
    assert "A  shops/staged.yaml" in git(folder, "status", "--porcelain")


@pytest.mark.parametrize("name", ["shops/a.yaml", "shops/new.yaml", "new.local"])
def test_an_update_overwrites_no_file_of_ours(remote: Remote, folder: Path, name: str) -> None:
    """A changed file, an untracked one, an ignored one."""
    (folder / name).write_text("ours")
    git(remote.desk, "config", "core.excludesFile", os.devnull)
    remote.commit("main", {".gitignore": ""})
    tip = remote.commit("main", {name: "theirs"})
    checkout = GitCheckout(folder / "shops")
    assert name in refusal(checkout)
    assert (folder / name).read_text() == "ours"
    git(folder, "checkout", "-q", "--", name) if name == "shops/a.yaml" else (folder / name).unlink()
    checkout.update()
    assert (checkout.head(), (folder / name).read_text()) == (tip, "theirs")


def test_a_branch_that_diverged_is_not_merged(remote: Remote, folder: Path) -> None:
    git(folder, "commit", "-q", "--allow-empty", "-m", "ours")
    remote.commit("main", {"shops/a.yaml": "2"})
    assert "which is not part of main at the remote" in refusal(GitCheckout(folder))


def test_a_history_that_was_rewritten_is_not_taken(remote: Remote, folder: Path) -> None:
    checkout = GitCheckout(folder)
    remote.commit("main", {"shops/a.yaml": "2"})
    checkout.update()
    git(remote.desk, "reset", "-q", "--hard", "HEAD~1")
    git(remote.desk, "commit", "-q", "--allow-empty", "-m", "another")
    git(remote.desk, "push", "-q", "--force", "origin", "main")
    assert "not part of main" in refusal(checkout)


def test_commits_that_only_the_checkout_has_are_left_alone(remote: Remote, folder: Path) -> None:
    git(folder, "commit", "-q", "--allow-empty", "-m", "ours")
    checkout = GitCheckout(folder)
    checkout.update()
    assert checkout.head() == git(folder, "rev-parse", "HEAD") != remote.tip("main")


def test_a_checkout_on_no_branch_follows_nothing(folder: Path) -> None:
    git(folder, "checkout", "-q", "--detach")
    assert "on no branch" in refusal(GitCheckout(folder))


def test_a_branch_without_a_remote_one_follows_nothing(folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "mine", "--no-track")
    assert "The branch mine of the checkout follows no branch" in refusal(GitCheckout(folder))


def test_a_branch_that_the_remote_deleted(remote: Remote, folder: Path) -> None:
    remote.commit("work", {"shops/a.yaml": "2"})
    git(folder, "fetch", "-q", "origin")
    git(folder, "checkout", "-q", "work")
    git(remote.bare, "update-ref", "-d", "refs/heads/work")
    assert "cannot be read" in refusal(GitCheckout(folder))


def test_a_remote_that_does_not_answer_is_asked_again_later(remote: Remote, folder: Path) -> None:
    tip = remote.commit("main", {"shops/a.yaml": "2"})
    remote.bare.rename(remote.bare.with_suffix(".away"))
    checkout = GitCheckout(folder)
    assert "The remote of the checkout cannot be read" in refusal(checkout)
    remote.bare.with_suffix(".away").rename(remote.bare)
    checkout.update()
    assert checkout.head() == tip


def test_no_password_of_an_address_is_shown(folder: Path) -> None:
    git(folder, "remote", "set-url", "origin", "http://aoi:s3cret-word@127.0.0.1:9/shops.git")
    assert "s3cret-word" not in refusal(GitCheckout(folder))


def test_no_hook_of_the_clone_runs(remote: Remote, folder: Path, tmp_path: Path) -> None:
    for name in ("post-merge", "post-checkout", "reference-transaction", "pre-merge-commit"):
        hook = folder / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hooked\n")
        hook.chmod(0o755)
    remote.commit("main", {"shops/a.yaml": "2"})
    GitCheckout(folder).update()
    assert not (tmp_path / "hooked").exists()


def test_a_lock_that_a_killed_git_left_is_named(remote: Remote, folder: Path) -> None:
    remote.commit("main", {"shops/a.yaml": "2"})
    lock = folder / ".git/index.lock"
    lock.touch()
    checkout = GitCheckout(folder)
    assert "index.lock" in refusal(checkout)
    lock.unlink()
    checkout.update()
    assert (folder / "shops/a.yaml").read_text() == "2"


def test_a_link_that_is_swapped(remote: Remote, folder: Path, tmp_path: Path) -> None:
    """As git-sync does it: a work tree per commit, and a link that is replaced at once."""
    link = tmp_path / "current"

    def swap(name: str) -> None:
        git(folder, "fetch", "-q", "origin")
        git(folder, "worktree", "add", "-q", "--detach", str(tmp_path / name), "origin/main")
        (tmp_path / "next").symlink_to(tmp_path / name)
        (tmp_path / "next").replace(link)

    swap("first")
    checkout = GitCheckout(link / "shops")
    before = checkout.head()
    tip = remote.commit("main", {"shops/a.yaml": "2"})
    assert checkout.head() == before != tip
    swap("second")
    git(folder, "worktree", "remove", "--force", str(tmp_path / "first"))
    assert checkout.head() == tip
