"""Examples in the documentation: what a case in `tests/cases` or a command in `tests/cli/texts` really prints.

In: the text of a page. Out: the text with each block filled in between `<!-- example: CASE/FILE -->`, or
`<!-- session: LANGUAGE COMMAND -->`, and `<!-- end -->`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent.parent / "tests"
CASES: Final = TESTS / "cases"
SESSIONS: Final = TESTS / "cli" / "texts" / "expected"
_EXAMPLE: Final = re.compile(r"(<!-- example: (\S+)/(\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SESSION: Final = re.compile(r"(<!-- session: (\w\w) ([^\n]+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_EXIT_CODE: Final = re.compile(r"^--- exit code (\d)$", re.MULTILINE)


def with_examples(page: str) -> str:
    filled = _EXAMPLE.sub(lambda found: f"{found[1]}{_block(found[2], found[3])}{found[4]}", page)
    return _SESSION.sub(lambda found: f"{found[1]}{_session(found[2], found[3])}{found[4]}", filled)


def _block(case: str, name: str) -> str:
    """Raises FileNotFoundError where the case no longer has this file: the page has to name another one."""
    output = (CASES / case / "expected" / name).read_text(encoding="utf-8")
    shown = _EXIT_CODE.sub(r"(exit code \1)", output)
    return f"```console\n{shown}```\n"


def _session(language: str, line: str) -> str:
    """At 80 columns, without the exit code 0. Raises LookupError where no test calls the command any more."""
    command = re.compile(rf"^\$ reconciler {re.escape(line)}\n.*?(?=^\$ |\Z)", re.DOTALL | re.MULTILINE)
    for file in sorted(SESSIONS.glob("*.txt")):
        for part in file.read_text(encoding="utf-8").split("═══ "):
            if part.startswith(f"{language}, 80") and (found := command.search(part)):
                return f"```console\n{found[0].replace('(exit code 0)', '').rstrip()}\n```\n"
    raise LookupError(f"no call of `reconciler {line}` in {SESSIONS}")
