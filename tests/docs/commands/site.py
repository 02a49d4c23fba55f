"""Which pages there are, and which of them are walked together."""

from pathlib import Path

from tests.docs.commands.walk import ROOT

DOCS = ROOT / "docs"
TUTORIAL = sorted((DOCS / "tutorial").glob("[0-9]*.md"))
"""One walk: each page continues where the last one ended. Numbers in their names order them."""
GUIDES = sorted(path for folder in ("howto", "explanation", "reference") for path in (DOCS / folder).glob("**/*.md"))
OTHERS = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
PAGES = [*TUTORIAL, *GUIDES, *OTHERS]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
