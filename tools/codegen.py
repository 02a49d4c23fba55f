"""The files that are made from the code: written by `make schemas`, compared by `make check`.

python -m tools.codegen            write them
python -m tools.codegen --check    name those that are stale, exit 1
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from reconciler.cli.app import app
from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS
from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.views.i18n import Language, language
from reconciler.wiring import embedded
from reconciler.wiring.schemas import schemas

ROOT = Path(__file__).parent.parent


def files() -> Mapping[str, str]:
    """Path within the project to content, for each generated file."""
    documents: dict[str, Callable[[], dict[str, Any]]] = dict(schemas())
    made = {f"schemas/{name}.schema.json": _json(make()) for name, make in documents.items()}
    made["schemas/backend.openapi.json"] = _json(embedded.backend_openapi())
    made["docs/codes.md"] = _codes()
    for name, code in {"README.md": "en", "README.ja.md": "ja"}.items():
        made[name] = _readme((ROOT / name).read_text(encoding="utf-8"), language(code))
    return made


def main(arguments: list[str]) -> int:
    stale = [path for path, content in files().items() if not _is(ROOT / path, content)]
    if "--check" in arguments:
        for path in stale:
            print(f"{path} is not what the code makes of it: run `make schemas` and commit it", file=sys.stderr)
        return 1 if stale else 0
    for path, content in files().items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(content)
    print("\n".join(f"wrote {path}" for path in stale) or "nothing was stale")
    return 0


def _is(path: Path, content: str) -> bool:
    return path.exists() and path.read_text() == content


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _codes() -> str:
    rows = "\n".join(_row(code) for code in all_codes())
    return (
        "# Codes\n\nEvery finding has one. A number that was published never changes its meaning. *refused* codes are guards: "
        "their\nmessage names what allows them.\n\n| Number | Name | Severity | Meaning | For example | To mend it |\n"
        "|---|---|---|---|---|---|\n" + rows + "\n"
    )


def _row(code: Code) -> str:
    told = EXPLANATIONS.get(code)
    cells = (f"`{code.number}`", f"`{code.slug}`", code.severity.name_lower, str(code.title))
    more = ("", "") if told is None else (str(told.example), str(told.fix))
    return f"| {' | '.join((*cells, *(text.replace('|', chr(92) + '|') for text in more)))} |"


def _readme(text: str, words: Language) -> str:
    """The README with its tables made anew, in its own language: the commands with their own words, the exit codes."""
    codes = "".join(
        f"| {verdict.value} | {words.translate(meaning)} |\n" for verdict, meaning in EXIT_CODE_MEANINGS.items()
    )
    head = {"en": "| Code | Meaning |\n|---|---|\n", "ja": "| コード | 意味 |\n|---|---|\n"}[words.code]
    return _between(_between(text, "commands", _commands(words)), "exit codes", head + codes)


def _commands(words: Language) -> str:
    context = click.Context(app)
    rows = ((name, app.get_command(context, name)) for name in app.list_commands(context))
    shown = [(name, words.catalogue.gettext(command.short_help or "")) for name, command in rows if command]
    head = {"en": "| Command | |\n|---|---|\n", "ja": "| コマンド | |\n|---|---|\n"}[words.code]
    return head + "".join(f"| `reconciler {name}` | {told} |\n" for name, told in shown)


def _between(text: str, name: str, content: str) -> str:
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
    return re.sub(pattern, lambda match: match[1] + content + match[2], text, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
