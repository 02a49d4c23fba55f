"""Files generated from the code: `make schemas` writes them, `make check` compares them.

python -m tools.codegen            write the files
python -m tools.codegen --check    list the files that are out of date, exit 1
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reconciler.cli.app import app
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS
from reconciler.views.i18n import Language, language
from reconciler.wiring import embedded
from reconciler.wiring.schemas import schemas
from tools.clauses_page import clauses_table
from tools.codes_page import codes_page
from tools.doc_examples import with_examples
from tools.effects_page import effects_table
from tools.new_files import new_file_statements
from tools.outputs_page import outputs_table
from tools.reference import reference_pages
from tools.reference.commands import root_context
from tools.schemastore import for_schemastore
from tools.variables import variables_page

ROOT = Path(__file__).parent.parent
CI_TEMPLATES = ROOT / "reconciler/adapters/ci_files/templates"
CI_FILES = {
    "github workflow": "github/reconciler.yml",
    "github forks": "github/reconciler-forks.yml",
    "gitlab pipeline": "gitlab/gitlab-ci.yml",
    "gitlab component": "gitlab/reconciler.yml",
}
"""The complete files in docs/ci.md: those that `init --ci` writes."""


def files() -> Mapping[str, str]:
    """Path within the project to content, for each generated file."""
    documents: dict[str, Callable[[], dict[str, Any]]] = dict(schemas())
    made = {f"schemas/{name}.schema.json": _json(make()) for name, make in documents.items()}
    made["schemas/schemastore/reconciler-settings.json"] = _json(for_schemastore(documents["settings"]()))
    made |= new_file_statements()
    made["schemas/backend.openapi.json"] = _json(embedded.backend_openapi())
    made["docs/codes.md"], made["docs/ja/codes.md"] = codes_page(language("en")), codes_page(language("ja"))
    for name, code in {"docs/variables.md": "en", "docs/ja/variables.md": "ja"}.items():
        made[name] = variables_page(language(code))
    made["templates/reconciler/template.yml"] = (CI_TEMPLATES / CI_FILES["gitlab component"]).read_text(
        encoding="utf-8"
    )
    for name, code in {"README.md": "en", "README.ja.md": "ja"}.items():
        made[name] = _readme((ROOT / name).read_text(encoding="utf-8"), language(code))
    pages = _pages_with_examples()
    for name, code in {"docs/ipn.md": "en", "docs/ja/ipn.md": "ja"}.items():
        text = pages.get(name) or (ROOT / name).read_text(encoding="utf-8")
        pages[name] = _between(text, "effects", effects_table(language(code)))
    for name, code in {"docs/outputs.md": "en", "docs/ja/outputs.md": "ja"}.items():
        pages[name] = _between((ROOT / name).read_text(encoding="utf-8"), "outputs", outputs_table(language(code)))
    for name, code in {"docs/conformance.md": "en", "docs/ja/conformance.md": "ja"}.items():
        pages[name] = _between((ROOT / name).read_text(encoding="utf-8"), "clauses", clauses_table(language(code)))
    made |= reference_pages()
    for name in ("docs/ci.md", "docs/ja/ci.md"):
        pages[name] = _with_ci_files((ROOT / name).read_text(encoding="utf-8"))
    return made | pages


def _with_ci_files(page: str) -> str:
    for name, file in CI_FILES.items():
        content = (CI_TEMPLATES / file).read_text(encoding="utf-8")
        page = _between(page, name, f"```yaml\n{content}```\n")
    return page


def _pages_with_examples() -> dict[str, str]:
    pages = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("**/*.md"))}
    return {
        path.relative_to(ROOT).as_posix(): with_examples(page)
        for path, page in pages.items()
        if "<!-- example: " in page or "<!-- session: " in page
    }


def main(arguments: list[str]) -> int:
    stale = [path for path, content in files().items() if not _is(ROOT / path, content)]
    if "--check" in arguments:
        for path in stale:
            print(f"{path} is out of date: run `make schemas` and commit the result", file=sys.stderr)
        return 1 if stale else 0
    for path, content in files().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(content)
    print("\n".join(f"wrote {path}" for path in stale) or "all generated files are up to date")
    return 0


def _is(path: Path, content: str) -> bool:
    return path.exists() and path.read_text() == content


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _readme(text: str, words: Language) -> str:
    """The README with its generated tables (commands, exit codes) in its own language."""
    codes = "".join(
        f"| {verdict.value} | {words.translate(meaning)} |\n" for verdict, meaning in EXIT_CODE_MEANINGS.items()
    )
    head = {"en": "| Code | Meaning |\n|---|---|\n", "ja": "| コード | 意味 |\n|---|---|\n"}[words.code]
    return _between(_between(text, "commands", _commands(words)), "exit codes", head + codes)


def _commands(words: Language) -> str:
    context = root_context()
    rows = ((name, app.get_command(context, name)) for name in app.list_commands(context))
    shown = [(name, words.catalogue.gettext(command.short_help or "")) for name, command in rows if command]
    head = {"en": "| Command | |\n|---|---|\n", "ja": "| コマンド | |\n|---|---|\n"}[words.code]
    return head + "".join(f"| `reconciler {name}` | {text} |\n" for name, text in shown)


def _between(text: str, name: str, content: str) -> str:
    pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
    return re.sub(pattern, lambda match: match[1] + content + match[2], text, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
