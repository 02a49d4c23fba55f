"""Builds the site: `build/site/en`, `build/site/ja`, and the page that leads to either.

In: the project's folder and the folder to build in. Out: files, and an exit code. Warnings are errors.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.docs_site.catalogues import Catalogues
from tools.docs_site.links import broken_links
from tools.docs_site.pages import pages
from tools.docs_site.sources import write_sources
from tools.docs_site.sphinx_runs import LANGUAGES, finish, start_html, start_messages
from tools.docs_site.theme_texts import write_theme_texts
from tools.docs_site.untranslated import english_headings


def build(root: Path, target: Path, *, accept: bool) -> int:
    """Both languages. `accept` takes translations as right whose English changed."""
    work = target.parent / "site-work"
    problems = make_catalogues(root, work, accept=accept)
    for problem in problems:
        print(problem, file=sys.stderr)
    if any(" did not: " in problem for problem in problems):
        print("Is a translation right as it is? Then: make site ACCEPT=1", file=sys.stderr)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / "docs" / "site" / "front.html", target / "index.html")
    code = finish([start_html(work, language, target / language) for language in LANGUAGES])
    broken = broken_links(target)
    for link in broken:
        print(f"broken link: {link}", file=sys.stderr)
    mirrored = [name for name, page in pages(root).items() if page.japanese is not None]
    english = english_headings(target, work / "sources", mirrored)
    for heading in english:
        print(heading, file=sys.stderr)
    return code or (1 if problems or broken or english else 0)


def make_catalogues(root: Path, work: Path, *, accept: bool) -> list[str]:
    """The sources of both languages in `work`, and the Japanese catalogues. Out: what is not translated as it has to be."""
    write_sources(root, work / "sources")
    lists = work / "messages"
    finish([start_messages(work, language, lists / language) for language in LANGUAGES])
    catalogues = Catalogues(lists=lists, kept=root / "docs" / "locale", compiled=work / "catalogues")
    known = pages(root)
    catalogues.remove_others(known)
    write_theme_texts(work / "catalogues")
    paired = (page for page in known.values() if page.japanese is not None)
    return [problem for page in paired for problem in catalogues.update(page, accept=accept)]
