"""Linters of files: run one, and show that it finds defects that are planted in copies of the files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
BIN: Final = Path(sys.executable).parent

Linter = Callable[[Path], Iterator[str]]
"""The problems of the files below a folder."""


@dataclass(frozen=True, slots=True)
class Planted:
    """`old`, a pattern of `file`, becomes `new`; `linter` must then fail."""

    linter: str
    file: str
    old: str
    new: str


def run_linter(program: str, *arguments: str, warning: str | None = None) -> Iterator[str]:
    """What it says, if it fails or prints the pattern `warning`. A program of this environment, else of the system."""
    own = BIN / program
    command = [str(own) if own.exists() else program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our tools
    text = f"{done.stdout}{done.stderr}"
    if done.returncode != 0 or (warning is not None and re.search(warning, text)):
        yield f"{program}:\n{text}"


def matching_files(root: Path, patterns: Iterable[str]) -> list[Path]:
    found = [path for pattern in patterns for path in sorted(root.glob(pattern))]
    assert found, f"no file matches {patterns}"
    return found


def undetected(defects: Iterable[Planted], linters: Mapping[str, Linter], patterns: Iterable[str]) -> Iterator[str]:
    """The planted defects that their linter does not find in a copy of the files."""
    files = [path for pattern in patterns for path in ROOT.glob(pattern)]
    for planted in defects:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            _copy(files, root)
            file = root / planted.file
            text, count = re.subn(planted.old, planted.new, file.read_text(encoding="utf-8"))
            file.write_text(text, encoding="utf-8")
            if not count or not list(linters[planted.linter](root)):
                yield f"planted defect not found: {json.dumps([planted.linter, planted.file, planted.new])}"


def _copy(files: Iterable[Path], root: Path) -> None:
    for file in files:
        target = root / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
