"""Many files are written as one: all are staged before the first is replaced, and no staged file remains after any end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange


def change(path: Path, after: bytes, before: bytes | None = None) -> FileChange:
    return FileChange(path=path, display_path=path.name, before=before, after=after)


def listing(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_new_files_in_new_folders_and_files_that_were_there(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_bytes(b"old")
    old.chmod(0o600)

    count = AtomicBatchWriter().write([change(old, b"newer", b"old"), change(tmp_path / "a" / "b.yaml", b"new")])

    assert (count, listing(tmp_path)) == (2, ["a", "a/b.yaml", "old.yaml"])
    assert (old.read_bytes(), (tmp_path / "a" / "b.yaml").read_bytes()) == (b"newer", b"new")
    assert old.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_bytes(b"old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")

    AtomicBatchWriter().write([change(tmp_path / "link.yaml", b"new", b"old")])

    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_bytes() == b"new"


_KILLED = """
import os, sys
from pathlib import Path
from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.ports.files.file_changes import FileChange

def changes():
    yield FileChange(path=Path(sys.argv[1]) / "a.yaml", display_path="a.yaml", before=None, after=b"a")
    print("staged", flush=True)
    sys.stdin.read()
    os.abort()

AtomicBatchWriter().write(changes())
"""


def test_what_a_killed_command_left_is_cleared_away_by_the_next_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _KILLED, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"staged\n"

        AtomicBatchWriter().write([change(tmp_path / "b.yaml", b"b")])
        assert len(list(tmp_path.glob(".*/0"))) == 1

        other.kill()
    assert len(list(tmp_path.glob(".*/0"))) == 1

    AtomicBatchWriter().write([change(tmp_path / "c.yaml", b"c")])
    assert listing(tmp_path) == ["b.yaml", "c.yaml"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_end_in_the_middle_puts_nothing_in_place(tmp_path: Path, interruption: type[BaseException]) -> None:
    def changes() -> Iterator[FileChange]:
        yield change(tmp_path / "a.yaml", b"a")
        raise interruption

    with pytest.raises(interruption):
        AtomicBatchWriter().write(changes())

    assert listing(tmp_path) == []


@pytest.mark.parametrize("meanwhile", ["written", "deleted", "made"])
def test_a_file_that_changed_since_then_stops_all(tmp_path: Path, meanwhile: str) -> None:
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    second.write_bytes(b"old")
    changes = [change(first, b"new"), change(second, b"new", None if meanwhile == "made" else b"old")]
    if meanwhile == "written":
        second.write_bytes(b"other")
    elif meanwhile == "deleted":
        second.unlink()
        changes[1] = change(second, b"new", b"old")

    with pytest.raises(SetupError) as raised:
        AtomicBatchWriter().write(changes)

    assert raised.value.code in (codes.MOVED_MEANWHILE, codes.NOT_WRITTEN)
    assert not first.exists()
    assert {path.name for path in tmp_path.iterdir()} <= {"second.yaml"}


def test_a_folder_that_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(SetupError) as raised:
        AtomicBatchWriter().write([change(tmp_path / "a" / "b.yaml", b"new")])

    assert raised.value.code is codes.NOT_WRITTEN


CHILD = """
import os, resource, signal, sys
from pathlib import Path
from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange
folder = Path(sys.argv[1])
if sys.argv[2] == "full":
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
elif os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
changes = [FileChange(path=folder / f"{n}.yaml", display_path=f"{n}.yaml", before=None, after=b"x" * 60 * n) for n in (1, 2)]
try:
    AtomicBatchWriter().write(changes)
except SetupError as unusable:
    print(unusable.code.number, unusable.origin.file, unusable.text)
"""


@pytest.mark.parametrize(
    ("obstacle", "reported"),
    [("full", "M201 2.yaml The file cannot be written: File too large\n"),
     ("read-only", "M201 1.yaml The file cannot be written: Permission denied\n")],
)  # fmt: skip
def test_a_full_disk_and_a_read_only_folder_leave_everything_as_it_was(obstacle: str, reported: str) -> None:
    with TemporaryDirectory() as above:
        Path(above).chmod(0o755)  # the user that the child becomes gets as far as the folder itself
        folder = Path(above) / "shops"
        folder.mkdir(mode=0o555 if obstacle == "read-only" else 0o755)
        run = [sys.executable, "-c", CHILD, str(folder), obstacle]

        child = subprocess.run(run, text=True, capture_output=True, check=False, timeout=60)

        assert (child.stdout, child.stderr) == (reported, "")
        assert listing(folder) == []
