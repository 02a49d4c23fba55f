"""The embedded backend is independent: it imports nothing of the project that knows of shops."""

import ast
from pathlib import Path

import reconciler.embedded

ROOT = Path(reconciler.embedded.__file__).parent
FORBIDDEN = {"httpx", "yaml"}
SHARED = ("reconciler.embedded", "reconciler.lib", "reconciler.serving")


def imports(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_nothing_of_the_project_is_imported_but_itself() -> None:
    strangers = {
        (file.name, name)
        for file in ROOT.rglob("*.py")
        for name in imports(file)
        if (name.split(".")[0] == "reconciler" and not name.startswith(SHARED)) or name.split(".")[0] in FORBIDDEN
    }
    assert strangers == set()
    assert len(list(ROOT.rglob("*.py"))) > 30
