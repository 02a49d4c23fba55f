"""What is said where Git, a folder or a commit is not as it should be."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from reconciler.adapters.git.checkout import GitCheckout
from reconciler.adapters.git.mirror import GitMirror, MirrorError
from reconciler.adapters.git.mirror_commit import MirrorCommit, MirrorRevisions
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from tests.support.forge.remote import Remote, git


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote(tmp_path / "remote")
    made.commit("main", {"shops/a.yaml": "1\n"})
    return made


@pytest.fixture
def mirror(remote: Remote, tmp_path: Path) -> GitMirror:
    made = GitMirror(source=remote.url, folder=tmp_path / "mirror.git")
    made.obtain(remote.tip("main"))
    return made


@pytest.fixture
def clone(remote: Remote, tmp_path: Path) -> Path:
    git(tmp_path, "clone", "-q", remote.url, str(tmp_path / "clone"))
    return tmp_path / "clone"


@pytest.fixture
def no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """To be used after what needs Git was made: from now on there is no such program."""
    (tmp_path / "bin").mkdir()
    return monkeypatch


def test_a_mirror_without_git(mirror: GitMirror, tmp_path: Path, no_git: pytest.MonkeyPatch) -> None:
    no_git.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(MirrorError, match="no program `git`") as caught:
        mirror.obtain("a" * 40)
    assert "where the worker runs" in str(caught.value.hint)
    with pytest.raises(MirrorError, match="Git cannot read the mirror"):
        list(MirrorCommit(mirror, "HEAD").contents(["a" * 40]))


def test_a_mirror_whose_git_cannot_be_started(mirror: GitMirror, tmp_path: Path, no_git: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin" / "git").write_text("no program")
    no_git.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(MirrorError, match=r"Git does not answer \(PermissionError\)"):
        mirror.obtain("a" * 40)
    with pytest.raises(MirrorError, match="PermissionError"):
        list(MirrorCommit(mirror, "HEAD").contents(["a" * 40]))


def test_a_question_that_git_refuses(mirror: GitMirror) -> None:
    with pytest.raises(MirrorError, match="Git cannot read the mirror") as caught:
        mirror.ask("rev-parse", "--verify", "refs/heads/nowhere")
    assert mirror.folder.as_posix() in str(caught.value.text)


@pytest.mark.parametrize("file", ["mirror.git", "mirror.git/objects", "state"])
def test_a_mirror_that_cannot_be_made(remote: Remote, tmp_path: Path, file: str) -> None:
    """A file is where the mirror, a part of it, or the folder above it should be."""
    folder = tmp_path / ("state/mirror.git" if file == "state" else "mirror.git")
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("ours")
    with pytest.raises(MirrorError, match=r"(the|The) mirror") as caught:
        GitMirror(source=remote.url, folder=folder).obtain(remote.tip("main"))
    assert folder.as_posix() in str(caught.value.text)
    assert (tmp_path / file).read_text() == "ours"


def test_a_commit_that_another_process_brought_is_not_fetched_again(remote: Remote, tmp_path: Path) -> None:
    commit = remote.tip("main")
    first, second = (GitMirror(source=remote.url, folder=tmp_path / "mirror.git") for _ in range(2))
    with first._locked():
        waiting = Thread(target=second.obtain, args=(commit,))
        waiting.start()
        first._update(commit)
        remote.bare.rename(tmp_path / "gone")
    waiting.join()
    assert second._has(commit)


@pytest.mark.parametrize("revision", ["nowhere", "--output=x"])
def test_a_revision_that_the_mirror_does_not_have(mirror: GitMirror, remote: Remote, revision: str) -> None:
    tree = MirrorCommit(mirror, remote.tip("main"))
    with pytest.raises(MirrorError, match="Unknown Git revision") as caught:
        MirrorRevisions(tree, "shops").changed_since(revision)
    assert caught.value.code is codes.NO_REVISION
    tree.close()


def test_a_path_with_a_line_break_is_no_file(mirror: GitMirror, remote: Remote) -> None:
    tree = MirrorCommit(mirror, remote.tip("main"))
    assert tree.file("shops/a.yaml\nHEAD:shops/a.yaml") is None
    assert tree.file("shops/a.yaml") == b"1\n"
    tree.close()


def test_a_checkout_names_the_branch_that_it_follows(clone: Path) -> None:
    assert GitCheckout(clone / "shops").upstream() == "origin/main"


def test_a_checkout_may_follow_a_branch_of_the_same_clone(clone: Path) -> None:
    git(clone, "checkout", "-q", "-b", "mine", "--track", "main")
    git(clone, "checkout", "-q", "main")
    git(clone, "commit", "-q", "--allow-empty", "-m", "newer")
    newer = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "-q", "mine")
    git(clone, "worktree", "add", "-q", "../second", "main")  # a fetch into what is checked out there would be refused
    checkout = GitCheckout(clone)
    checkout.update()
    assert checkout.head() == newer


def test_a_followed_branch_that_is_gone_is_explained(clone: Path) -> None:
    git(clone, "checkout", "-q", "-b", "mine", "--track", "main")
    git(clone, "branch", "-q", "-D", "main")
    with pytest.raises(SetupError, match="Git cannot update the checkout") as caught:
        GitCheckout(clone).update()
    assert caught.value.code is codes.CHECKOUT_NOT_UPDATED


def test_a_checkout_without_git(clone: Path, tmp_path: Path, no_git: pytest.MonkeyPatch) -> None:
    no_git.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(SetupError, match="no program `git`") as caught:
        GitCheckout(clone).head()
    assert "where the watcher runs" in str(caught.value.hint)


def test_a_checkout_whose_git_cannot_be_started(clone: Path, tmp_path: Path, no_git: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin" / "git").write_text("no program")
    no_git.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(SetupError, match="PermissionError"):
        GitCheckout(clone).update()
