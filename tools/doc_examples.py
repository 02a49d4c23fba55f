"""Examples in the documentation: the output of a case in `tests/cases`, so that a page shows what the tool really prints.

In: the text of a page. Out: the text with each block between `<!-- example: CASE/FILE -->` and `<!-- end -->` filled in.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

CASES: Final = Path(__file__).parent.parent / "tests" / "cases"
_EXAMPLE: Final = re.compile(r"(<!-- example: (\S+)/(\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_EXIT_CODE: Final = re.compile(r"^--- exit code (\d)$", re.MULTILINE)


def with_examples(page: str) -> str:
    return _EXAMPLE.sub(lambda found: f"{found[1]}{_block(found[2], found[3])}{found[4]}", page)


def _block(case: str, name: str) -> str:
    """Raises FileNotFoundError where the case no longer has this file: the page has to name another one."""
    output = (CASES / case / "expected" / name).read_text(encoding="utf-8")
    shown = _EXIT_CODE.sub(r"(exit code \1)", output)
    return f"```console\n{shown}```\n"
