"""Builds the site: `build/site/en`, `build/site/ja`, and the page that leads to either.

In: the project's folder and the folder to build in. Out: files, and the exit code of Sphinx. Warnings are errors. No network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.docs_site.sources import write_sources

LANGUAGES = ("en", "ja")


def build(root: Path, target: Path) -> int:
    work = target.parent / "site-work"
    write_sources(root, work / "sources")
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / "docs" / "site" / "front.html", target / "index.html")
    runs = [_sphinx(root, work, "html", language, target / language) for language in LANGUAGES]
    return max(run.wait() for run in runs)


def _sphinx(root: Path, work: Path, builder: str, language: str, output: Path) -> subprocess.Popen[bytes]:
    """Sphinx reads the English pages for both languages; catalogues hold the Japanese ones."""
    places = {"-c": root / "docs", "-d": work / "doctrees" / f"{builder}-{language}"}
    options = [str(word) for pair in places.items() for word in pair]
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "-b", builder, *options]
    environment: Mapping[str, str] = os.environ | {
        "DOCS_LANGUAGE": language,
        "DOCS_CATALOGUES": str(work / "catalogues"),
        "PYTHONPATH": str(root),
    }
    command += [str(work / "sources" / "en"), str(output)]
    return subprocess.Popen(command, env=environment, cwd=root)  # noqa: S603 - our own words
