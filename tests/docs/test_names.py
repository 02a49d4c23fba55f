"""Pages for contributors fail here when they name a path, a package, a module or a class that does not exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reconciler"
ABOUT_CODE = sorted([ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/decisions/*.md")])
PAGES = sorted([*ABOUT_CODE, *ROOT.glob("docs/*.md")])
TOP_LEVEL = "|".join(
    sorted(
        path.name
        for folder in (ROOT, PACKAGE)
        for path in folder.iterdir()
        if path.is_dir() and re.fullmatch(r"\w+", path.name)
    )
)
A_PATH = re.compile(rf"`((?:{TOP_LEVEL})/[\w./-]*)`")
A_FILE = re.compile(r"`([\w-]+\.py)`")
A_MODULE = re.compile(r"`((?:reconciler|adapters|cli|core|lib|ports|views|wiring|workflows)(?:\.\w+)+)`")
"""`embedded.database` and `ipn.topics` are keys of the settings."""

A_CLASS = re.compile(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)+)`")
A_MEMBER = re.compile(r"`([A-Z][a-z]\w+)\.(\w+)(?:\(\))?`")
A_FUNCTION = re.compile(r"`(\w+)\(\)`")
MADE_BY_THE_TOOL = frozenset({"shops/_groups/", "shops/_defaults.yaml"})
OTHER_DOTTED_NAMES = frozenset({"reconciler.yaml", "reconciler.backends", "reconciler.secrets"})
"""The settings file and the groups of entry points."""
FOREIGN_NAMES = frozenset({"CSafeLoader", "str"})


def packages() -> set[str]:
    """Paths below `reconciler`, without the folders of Alembic's revision files."""
    inits = PACKAGE.rglob("__init__.py")
    found = {path.parent.relative_to(PACKAGE).as_posix() for path in inits if path.parent.name != "versions"}
    return found - {"."}


@cache
def defined_names() -> frozenset[str]:
    """Classes, functions, constants and annotated attributes of all modules."""
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return frozenset(names)


def exists(path: str) -> bool:
    return any((folder / path).exists() for folder in (ROOT, PACKAGE)) or path in MADE_BY_THE_TOOL


def module_exists(dotted: str) -> bool:
    """A package, a module, or a name in one: `core.values`, `core.values.Secret`."""
    parts = dotted.split(".")
    *above, last = parts
    if is_module("/".join(parts)):
        return True
    return is_module("/".join(above)) and last in defined_names()


def is_module(path: str) -> bool:
    return exists(path) or exists(f"{path}.py")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@each_page
def test_every_path_in_a_page_exists(page: Path) -> None:
    assert [path for path in A_PATH.findall(text_of(page)) if not exists(path)] == []


@each_page
def test_every_source_file_in_a_page_exists(page: Path) -> None:
    known = {
        path.name for folder in ("reconciler", "tests", "tools", "bench") for path in (ROOT / folder).rglob("*.py")
    }
    assert [name for name in A_FILE.findall(text_of(page)) if name not in known] == []


@each_page
def test_every_module_in_a_page_exists(page: Path) -> None:
    dotted = sorted(set(A_MODULE.findall(text_of(page))) - OTHER_DOTTED_NAMES)
    assert [name for name in dotted if not module_exists(name)] == []


@pytest.mark.parametrize("page", ABOUT_CODE, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_class_and_function_in_a_page_exists(page: Path) -> None:
    text = text_of(page)
    members = {name for member in A_MEMBER.findall(text) for name in member}
    named = {*A_CLASS.findall(text), *A_FUNCTION.findall(text), *members} - FOREIGN_NAMES
    assert sorted(name for name in named if name not in defined_names()) == []


def test_the_architecture_lists_every_package_once() -> None:
    section = text_of(ROOT / "ARCHITECTURE.md").partition("\n## Where things are\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([\w/]+)` \|", section, re.MULTILINE)
    assert sorted(listed) == sorted(packages())


def test_files_named_in_the_row_of_a_package_are_in_it() -> None:
    section = text_of(ROOT / "ARCHITECTURE.md").partition("\n## Where things are\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([\w/]+)` \| (.*?) \|", section, re.MULTILINE)
    named = [f"{package}/{name}" for package, contents in rows for name in A_FILE.findall(contents)]
    assert [path for path in named if not exists(path)] == []


@pytest.mark.parametrize("package", sorted(packages()))
def test_a_package_says_what_it_is_for(package: str) -> None:
    tree = ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)


def glossary() -> list[list[str]]:
    """Term, meaning, Japanese, names in code, words not to use."""
    section = text_of(ROOT / "CONTRIBUTING.md").partition("\n## Glossary\n")[2]
    rows = re.findall(r"^\| (\w.*)\|$", section, re.MULTILINE)
    return [[cell.strip() for cell in row.split("|")] for row in rows[1:]]


@pytest.mark.parametrize("row", glossary(), ids=lambda row: row[0])
def test_the_glossary_says_what_the_code_says(row: list[str]) -> None:
    _term, _meaning, _japanese, names, _not = row
    assert [name for name in re.findall(r"`(\w+)`", names) if name not in defined_names()] == []


@pytest.mark.parametrize("japanese", sorted({row[2] for row in glossary() if row[2]}))
def test_the_glossary_says_what_users_read_in_japanese(japanese: str) -> None:
    pages = (ROOT / "README.ja.md", PACKAGE / "views/i18n/ja/LC_MESSAGES/reconciler.po")
    assert any(japanese in text_of(page) for page in pages)
