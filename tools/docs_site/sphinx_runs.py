"""Runs of Sphinx, each in a process of its own, so that both languages run at the same time.

In: a folder with `sources/en`, `sources/ja` and `catalogues`. Out: processes, and their exit codes. No network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "ja")
_STRICT = ("-q", "-W", "--keep-going")


def start_html(work: Path, language: str, output: Path) -> subprocess.Popen[bytes]:
    """The pages as HTML: for both languages from the English ones, and from the catalogues."""
    sources = work / "sources" / "en"
    every_page = () if index_is_complete(output, sources) else ("-a",)
    return _start(work, (*_STRICT, *every_page, "-b", "html"), language, sources, output)


def start_messages(work: Path, language: str, output: Path) -> subprocess.Popen[bytes]:
    """The messages of the pages in this language. Silent: the strict run reads the same pages."""
    words = ("-Q", "-b", "messages", "-D", "gettext_additional_targets=literal-block")
    return _start(work, words, "en", work / "sources" / language, output)


def index_is_complete(output: Path, sources: Path) -> bool:
    """Whether the search finds each page. Sphinx adds only the pages that it writes to the index that is there."""
    index = output / "searchindex.js"
    if not index.exists():
        return False
    found = json.loads(index.read_text(encoding="utf-8").removeprefix("Search.setIndex(").removesuffix(")"))
    pages = {path.relative_to(sources).with_suffix("").as_posix() for path in sources.glob("**/*.md")}
    return {name for name in pages if not name.startswith("files/")} <= set(found["docnames"])


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
