"""Checks the Lua of the pages on editors with a parser of the language.

python -m tools.editor_lint    part of `make check`; needs the extra `lint`

The JSON of these pages is checked by the tests. Each run first reads a block with a planted defect, and fails if it is accepted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tools.linting import ROOT

PAGES: Final = ("docs/editor.md", "docs/ja/editor.md")
PLANTED: Final = 'vim.lsp.config("reconciler", {cmd = {"reconciler"}'
_BLOCK: Final = re.compile(r"^```lua\n(.*?)^```", re.DOTALL | re.MULTILINE)


def main() -> int:
    problems = [problem for page in PAGES for problem in lint(ROOT / page)]
    if syntax_fault(PLANTED) is None:
        problems.append("a planted defect was not found")
    for text in problems:
        print(text, file=sys.stderr)
    if not problems:
        print("Lua of the pages on editors checked; 1 planted defect was found")
    return 1 if problems else 0


def lint(page: Path) -> Iterator[str]:
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    if not blocks:
        yield f"{page}: no block of Lua was found"
    yield from (f"{page}: {fault}\n{block}" for block in blocks if (fault := syntax_fault(block)) is not None)


def syntax_fault(text: str) -> str | None:
    parser: Any = import_module("luaparser.ast")  # it has no types
    try:
        parser.parse(text)
    except parser.SyntaxException as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main())
