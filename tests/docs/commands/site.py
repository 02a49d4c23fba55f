"""Which pages there are, and which of them are walked together."""

from pathlib import Path

from tests.docs.commands.blocks import blocks
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

PENDING = {
    "README.md",
    "docs/alert-channels.md",
    "docs/alerts.md",
    "docs/approvals.md",
    "docs/attestations.md",
    "docs/backend.md",
    "docs/ci.md",
    "docs/conformance.md",
    "docs/console.md",
    "docs/deployment.md",
    "docs/development.md",
    "docs/drift.md",
    "docs/embedded.md",
    "docs/findings.md",
    "docs/fleets.md",
    "docs/healing.md",
    "docs/import.md",
    "docs/ipn-runbooks.md",
    "docs/ipn.md",
    "docs/logs.md",
    "docs/offboarding.md",
    "docs/onboarding-status.md",
    "docs/outputs.md",
    "docs/recovery.md",
    "docs/scale.md",
    "docs/screens.md",
    "docs/secrets.md",
    "docs/services.md",
    "docs/store.md",
    "docs/traces.md",
    "docs/watch.md",
    "docs/writing-manifests.md",
}


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def first_letters(letters: str) -> list[Path]:
    """The pages with blocks whose names start with one of them. The README is the last page."""
    return [page for page in with_blocks(OTHERS) if page.name[0] in letters or (page.name[0] == "R" and "z" in letters)]


def with_blocks(pages: list[Path]) -> list[Path]:
    return [page for page in pages if name(page) not in PENDING and any(not block.not_run for block in blocks(page))]
