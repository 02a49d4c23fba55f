"""Runs of Sphinx, each in a process of its own, so that both languages run at the same time.

In: a folder with `sources/en`, `sources/ja` and `catalogues`. Out: processes, and their exit codes. No network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "ja")
_STRICT = ("-q", "-W", "--keep-going")


def start_html(work: Path, language: str, output: Path) -> subprocess.Popen[bytes]:
    """The pages as HTML: for both languages from the English ones, and from the catalogues."""
    return _start(work, (*_STRICT, "-b", "html"), language, work / "sources" / "en", output)


def start_messages(work: Path, language: str, output: Path) -> subprocess.Popen[bytes]:
    """The messages of the pages in this language. Silent: the strict run reads the same pages."""
    words = ("-Q", "-b", "messages", "-D", "gettext_additional_targets=literal-block")
    return _start(work, words, "en", work / "sources" / language, output)


def finish(runs: list[subprocess.Popen[bytes]]) -> int:
    """The first exit code that is not 0."""
    codes = [run.wait() for run in runs]
    return next((code for code in codes if code), 0)


def _start(work: Path, words: tuple[str, ...], language: str, sources: Path, output: Path) -> subprocess.Popen[bytes]:
    root = Path(__file__).parents[2]
    doctrees = work / "doctrees" / f"{output.parent.name}-{output.name}"
    command = [sys.executable, "-m", "sphinx", *words, "-j", "auto", "-c", str(root / "docs"), "-d", str(doctrees)]
    command += [str(sources), str(output)]
    environment: Mapping[str, str] = os.environ | {
        "DOCS_LANGUAGE": language,
        "DOCS_CATALOGUES": str(work / "catalogues"),
        "PYTHONPATH": str(root),
    }
    return subprocess.Popen(command, env=environment, cwd=root)  # noqa: S603 - our own words
