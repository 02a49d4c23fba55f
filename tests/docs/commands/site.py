"""Which pages there are, and which of them are walked together."""

from pathlib import Path

from tests.docs.commands.blocks import Block, blocks
from tests.docs.commands.walk import ROOT

DOCS = ROOT / "docs"
TUTORIAL = sorted((DOCS / "tutorial").glob("[0-9]*.md"))
"""One walk: each page continues where the last one ended. Numbers in their names order them."""
JAPANESE_TUTORIAL = sorted((DOCS / "ja" / "tutorial").glob("[0-9]*.md"))
FIRST_HALF = TUTORIAL[:3]
"""What a wheel without the source tree has to pass."""
GUIDES = sorted(path for folder in ("howto", "explanation", "reference") for path in (DOCS / folder).glob("**/*.md"))
OTHERS = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
PAGES = [*TUTORIAL, *GUIDES, *OTHERS]

LONG = {
    "docs/howto/check-for-drift-on-a-schedule.md",
    "docs/howto/onboard-300-shops.md",
    "docs/howto/roll-out-in-waves.md",
    "docs/howto/run-many-workers.md",
}
"""Guides that work on hundreds of shops or wait for several processes: they run in `make soak`."""


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def first_letters(letters: str) -> list[Path]:
    """The pages with blocks whose names start with one of them. The README is the last page."""
    return [page for page in with_blocks(OTHERS) if page.name[0] in letters or (page.name[0] == "R" and "z" in letters)]


def with_blocks(pages: list[Path]) -> list[Path]:
    return [page for page in pages if any(is_run(block) for block in blocks(page))]


def is_run(block: Block) -> bool:
    return not block.not_run and not block.example
