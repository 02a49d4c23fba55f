"""A bare mirror, from real repositories over paths and Git's own protocol."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.adapters.git.mirror import CommitNotFound, GitMirror, MirrorError
from reconciler.adapters.git.mirror_commit import MirrorCommit
from reconciler.adapters.git.object_reader import ObjectReader
from reconciler.adapters.git.program import GitProgram, GitSilent
from reconciler.core.diagnostics import codes
from tests.support.forge.remote import Remote, git


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote(tmp_path / "remote")
    made.commit("main", {"shops/a.yaml": "1\n", "reconciler.yaml": "manifests: shops\n"})
    return made


def mirror_of(remote: Remote, tmp_path: Path, **words: float) -> GitMirror:
    return GitMirror(source=remote.url, folder=tmp_path / "state" / "mirror.git", **words)


def read(mirror: GitMirror, commit: str, path: str) -> bytes | None:
    tree = MirrorCommit(mirror, commit)
    try:
        return tree.file(path)
    finally:
        tree.close()


def test_a_commit_is_fetched_once_and_then_read_without_the_remote(remote: Remote, tmp_path: Path) -> None:
    mirror, commit = mirror_of(remote, tmp_path), remote.tip("main")
    mirror.obtain(commit)
    remote.bare.rename(tmp_path / "gone")
    mirror.obtain(commit)
    assert read(mirror, commit, "shops/a.yaml") == b"1\n"
    assert read(mirror, commit, "shops/b.yaml") is None
    assert not (mirror.folder / "shops").exists()


def test_a_newer_commit_is_fetched_when_it_is_asked_for(remote: Remote, tmp_path: Path) -> None:
    mirror = mirror_of(remote, tmp_path)
    mirror.obtain(remote.tip("main"))
    newer = remote.commit("other", {"shops/a.yaml": "2\n"})
    mirror.obtain(newer)
    assert read(mirror, newer, "shops/a.yaml") == b"2\n"


def test_a_commit_that_its_branch_has_left_stays_readable(remote: Remote, tmp_path: Path) -> None:
    mirror, old = mirror_of(remote, tmp_path), remote.tip("main")
    mirror.obtain(old)
    git(remote.desk, "commit", "-q", "--amend", "-m", "another")
    mirror.obtain(remote.publish("main"))
    git(remote.desk, "checkout", "-q", "-b", "new")
    remote.publish("new")
    git(remote.bare, "update-ref", "-d", "refs/heads/main")
    mirror.obtain(remote.commit("new", {"shops/b.yaml": "b"}))
    assert read(mirror, old, "shops/a.yaml") == b"1\n"


def test_a_commit_that_no_branch_has_is_fetched_by_its_name(remote: Remote, tmp_path: Path) -> None:
    old = remote.tip("main")
    git(remote.desk, "commit", "-q", "--amend", "-m", "another")
    remote.publish("main")
    mirror = mirror_of(remote, tmp_path)
    mirror.obtain(old)
    assert read(mirror, old, "shops/a.yaml") == b"1\n"


def test_a_path_of_a_work_tree_is_a_source_as_well(remote: Remote, tmp_path: Path) -> None:
    commit = git(remote.desk, "rev-parse", "HEAD")
    mirror = GitMirror(source=str(remote.desk), folder=tmp_path / "mirror.git")
    mirror.obtain(commit)
    assert read(mirror, commit, "shops/a.yaml") == b"1\n"


@pytest.mark.parametrize("commit", ["f" * 40, "main", "--upload-pack=x", ""])
def test_a_commit_that_is_not_there(remote: Remote, tmp_path: Path, commit: str) -> None:
    with pytest.raises(CommitNotFound) as caught:
        mirror_of(remote, tmp_path).obtain(commit)
    assert caught.value.code is codes.NO_CLONE


def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    mirror = GitMirror(source="https://user:hunter22@127.0.0.1:1/x.git", folder=tmp_path / "mirror.git")
    with pytest.raises(MirrorError, match="cannot be fetched") as caught:
        mirror.obtain("a" * 40)
    assert not isinstance(caught.value, CommitNotFound)
    assert "hunter22" not in str(caught.value.text)
    assert "scale.mirror" in str(caught.value.hint)


def test_locks_of_a_killed_fetch_do_not_stop_the_next_one(remote: Remote, tmp_path: Path) -> None:
    mirror = mirror_of(remote, tmp_path)
    mirror.obtain(remote.tip("main"))
    for name in ("refs/heads/main.lock", "packed-refs.lock"):
        (mirror.folder / name).touch()
    newer = remote.commit("main", {"shops/a.yaml": "3\n"})
    mirror.obtain(newer)
    assert read(mirror, newer, "shops/a.yaml") == b"3\n"
    assert git(mirror.folder, "rev-parse", "refs/heads/main") == newer


def test_many_processes_make_one_mirror(remote: Remote, tmp_path: Path) -> None:
    commit = remote.tip("main")
    program = (
        "import sys; from pathlib import Path; from reconciler.adapters.git.mirror import GitMirror\n"
        f"GitMirror(source={remote.url!r}, folder=Path({str(tmp_path / 'm.git')!r})).obtain({commit!r})\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    git(tmp_path / "m.git", "fsck", "--strict")


def test_who_holds_the_lock_for_too_long_is_named(remote: Remote, tmp_path: Path) -> None:
    mirror = mirror_of(remote, tmp_path, seconds=0.0)
    with mirror._locked(), pytest.raises(MirrorError, match="Another process has been fetching"):
        mirror.obtain(remote.tip("main"))


def test_packs_are_joined_while_another_process_reads(remote: Remote, tmp_path: Path) -> None:
    mirror, first = mirror_of(remote, tmp_path), remote.tip("main")
    mirror.obtain(first)
    reader = MirrorCommit(mirror, first)
    assert reader.file("shops/a.yaml") == b"1\n"
    git(mirror.folder, "config", "fetch.unpackLimit", "1")  # as for a commit of many files
    for number in range(45):
        mirror.obtain(remote.commit("main", {"shops/a.yaml": f"{number} more\n"}))
    assert len(list((mirror.folder / "objects" / "pack").glob("*.pack"))) < 45
    assert reader.file("shops/a.yaml") == b"1\n"
    reader.close()


def test_many_objects_do_not_fill_a_pipe(remote: Remote, tmp_path: Path) -> None:
    files = {f"shops/s{number}.yaml": "x" * 3000 + str(number) for number in range(1200)}
    commit = remote.commit("main", files)
    mirror = mirror_of(remote, tmp_path)
    mirror.obtain(commit)
    tree = MirrorCommit(mirror, commit)
    entries = list(tree.entries("shops"))
    found = dict(
        zip((f"shops/{entry.path}" for entry in entries), tree.contents([e.name for e in entries]), strict=True)
    )
    tree.close()
    assert found == {"shops/a.yaml": b"1\n", **{path: text.encode() for path, text in files.items()}}


def test_a_damaged_mirror_is_named(remote: Remote, tmp_path: Path) -> None:
    mirror, commit = mirror_of(remote, tmp_path), remote.tip("main")
    mirror.obtain(commit)
    tree = MirrorCommit(mirror, commit)
    with pytest.raises(MirrorError, match="is damaged"):
        list(tree.contents(["e" * 40]))
    tree.close()


def test_a_reader_that_was_killed_is_started_again(remote: Remote) -> None:
    reader = ObjectReader(GitProgram(remote.bare))
    name = f"{remote.tip('main')}:shops/a.yaml"
    assert [found.content for found in reader.read([name]) if found] == [b"1\n"]
    assert reader._running is not None
    os.kill(reader._running.pid, signal.SIGKILL)
    reader._running.wait()
    assert [found.content for found in reader.read([name]) if found] == [b"1\n"]
    reader.close()


def test_a_reader_that_hangs_is_given_up(remote: Remote) -> None:
    reader = ObjectReader(GitProgram(remote.bare), seconds=0.01)
    process = reader._process()
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(GitSilent):
        list(reader.read(["HEAD"]))
    assert process.poll() is not None
