"""Files of a release are verified, and each way to change them is named."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler import __version__
from tests.tools.release_repository import python, repository
from tools.verify_release import SUMS, bill, different_packages, installed, main, sha256

WHEEL = f"reconciler-{__version__}-py3-none-any.whl"
SDIST = f"reconciler-{__version__}.tar.gz"
BILL = f"reconciler-{__version__}.cdx.json"
STATEMENT = f"reconciler-{__version__}.intoto.json"
WRITE = "import sys; from pathlib import Path; from tools.dist import write_statements; write_statements(Path(sys.argv[1]), 1)"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two packages with the SBOM, the statement and the digests that `make dist` writes for them."""
    folder = tmp_path_factory.mktemp("dist")
    with zipfile.ZipFile(folder / WHEEL, "w") as archive:
        archive.writestr(
            f"reconciler-{__version__}.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: setuptools (80.0)\n"
        )
    (folder / SDIST).write_bytes(b"the files of the commit")
    written = python(repository(tmp_path_factory.mktemp("source")), "-c", WRITE, str(folder))
    assert written.returncode == 0, written.stderr
    return folder


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    copy: Path = shutil.copytree(made, tmp_path / "dist")
    return copy


def test_the_files_as_they_were_made_are_accepted(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(release)]) == 0
    assert "all files are as the release states" in capsys.readouterr().out


def append(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")

    return change


def state_again(folder: Path) -> None:
    """SHA256SUMS, made again by who changed a file."""
    names = sorted(path.name for path in folder.iterdir() if path.name != SUMS)
    lines = (f"{sha256(folder / name)}  {name}\n" for name in names)
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def wheel_with_new_digests(folder: Path) -> None:
    append(WHEEL)(folder)
    state_again(folder)


def one_more_in_the_list(folder: Path) -> None:
    (folder / "more.whl").write_bytes(b"")
    state_again(folder)


def rewritten(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """The statement with a change, and digests that were made for it."""

    def apply(folder: Path) -> None:
        statement = json.loads((folder / STATEMENT).read_text(encoding="utf-8"))
        change(statement)
        (folder / STATEMENT).write_text(json.dumps(statement), encoding="utf-8")
        state_again(folder)

    return apply


def modified(statement: dict) -> None:
    statement["predicate"]["buildDefinition"]["externalParameters"]["modified"] = True


TAMPERED = {
    "a changed wheel": (append(WHEEL), f"{WHEEL} is not the released file"),
    "a changed source distribution": (append(SDIST), f"{SDIST} is not the released file"),
    "a changed SBOM": (append(BILL), f"{BILL} is not the released file"),
    "a changed statement": (append(STATEMENT), f"{STATEMENT} is not the released file"),
    "a wheel with new digests": (wheel_with_new_digests, f"the statement is not about {WHEEL}"),
    "a file that no list has": (lambda folder: (folder / "more.whl").write_bytes(b""), "more.whl is not a file of"),
    "a file added to the list": (one_more_in_the_list, "the statement is not about more.whl"),
    "a missing file": (lambda folder: (folder / SDIST).unlink(), f"{SDIST} is missing"),
    "no digests": (lambda folder: (folder / SUMS).unlink(), "the release cannot be read"),
    "no statement": (lambda folder: (folder / STATEMENT).unlink(), "the release cannot be read"),
    "a statement that is no JSON": (lambda folder: (folder / STATEMENT).write_text("{"), "the release cannot be read"),
    "a statement of another type": (rewritten(lambda it: it.update(_type="x")), "the type x, which is not known"),
    "a statement without a subject": (rewritten(lambda it: it["subject"].pop()), "the statement is not about"),
    "a statement of changed files": (rewritten(modified), "the work tree had changes"),
    "a statement without its source": (rewritten(lambda it: it.pop("predicate")), "the release cannot be read"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_named(name: str, release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, expected = TAMPERED[name]
    change(release)
    assert main([str(release)]) == 1
    assert expected in capsys.readouterr().err


def test_the_sbom_is_compared_with_what_is_installed(release: Path) -> None:
    stated, found = bill(release), installed(sys.executable)
    needed = {name: version for name, version in found.items() if name in stated}
    assert len(needed) > 20
    assert different_packages(stated, needed) == []
    assert different_packages(stated, needed | {"click": "0"}) == [
        f"click 0 is installed, and the SBOM has {stated['click']}"
    ]
    assert different_packages(stated, {"left-pad": "1.0"}) == [
        "left-pad 1.0 is installed, and the SBOM has no such package"
    ]
