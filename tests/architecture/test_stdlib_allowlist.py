"""What each layer may import from the standard library. It is a list of allowed modules, so new ones are refused."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "reconciler"

VALUES = frozenset(
    {
        "__future__",
        "collections",
        "collections.abc",
        "contextlib",
        "dataclasses",
        "decimal",
        "difflib",
        "enum",
        "fnmatch",
    }
    | {
        "functools",
        "graphlib",
        "hashlib",
        "hmac",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
        "shlex",
        "string",
        "types",
        "typing",
    }
    | {"unicodedata"}
)
"""Modules that compute: no file, socket, process, clock, chance, environment, logging, locale or loading of code."""

ALLOWED = {
    "core": VALUES,
    "lib": VALUES | {"datetime"},
    "workflows": VALUES | {"datetime", "zoneinfo"},
    "views": VALUES | {"gettext", "datetime", "zoneinfo"},
}
"""Workflows reckon with times they are given, in zones that are read from the system's list. Views show times by
the reader's clock, and look texts up.
"""

EXCEPTIONS = {
    "lib/addresses.py": {"ipaddress", "urllib.parse"},  # take a host and an address apart; no name is resolved
    "lib/output_queue.py": {"io", "os", "threading"},  # writes what the shell and both servers say
    "workflows/check_selection.py": {"pathlib"},  # a pure path, to take a name apart
    "views/render.py": {"importlib"},  # a format is loaded when it is used
    "core/diagnostics/source_root.py": {"posixpath"},  # takes paths apart; no file is looked at
    "views/sarif/log.py": {"zlib"},  # the limit of an upload is one of compressed bytes
    "views/sarif/texts.py": {"urllib.parse"},  # a path as an address
    "views/html/assets.py": {"base64"},  # the form of a hash in a Content Security Policy
    "views/i18n/__init__.py": {"pathlib"},  # the catalogue lies beside it, and is read once
}

CALLS = frozenset({"__import__", "breakpoint", "compile", "eval", "exec", "exit", "input", "open", "print", "quit"})
OF_THE_CLOCK = frozenset({("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")})


def offences(source: str, allowed: frozenset[str] | set[str]) -> Iterator[str]:
    """What a module imports from the standard library, or does directly, although it must not."""
    for node in executed(ast.parse(source)):
        for module in modules(node):
            if module.partition(".")[0] in sys.stdlib_module_names and module not in allowed:
                yield f"{getattr(node, 'lineno', 0)}: imports {module}"
        if isinstance(node, ast.Call):
            yield from (f"{node.lineno}: calls {name}" for name in forbidden_call(node))


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under `if TYPE_CHECKING:`: a type does nothing."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING"):
            yield child
            yield from executed(child)


def modules(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom(level=0, module=str(module)):
            inner = [f"{module}.{alias.name}" for alias in node.names]
            # `from collections import abc` takes a module, `from json import dumps` does not.
            return [name for name in inner if name == "collections.abc"] or [module]
        case _:
            return []


def forbidden_call(node: ast.Call) -> Iterator[str]:
    match node.func:
        case ast.Name(id=name) if name in CALLS:
            yield name
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if (owner, name) in OF_THE_CLOCK:
            yield f"{owner}.{name}"


@pytest.mark.parametrize("room", ALLOWED)
def test_a_pure_room_takes_nothing_but_what_computes(room):
    found = [
        f"reconciler/{path.relative_to(ROOT).as_posix()}:{offence}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for offence in offences(
            path.read_text(encoding="utf-8"),
            ALLOWED[room] | EXCEPTIONS.get(path.relative_to(ROOT).as_posix(), set()),
        )
    ]
    assert found == []


@pytest.mark.parametrize("file", EXCEPTIONS)
def test_an_exception_is_needed(file):
    source = (ROOT / file).read_text(encoding="utf-8")
    taken = {module for node in ast.walk(ast.parse(source)) for module in modules(node)}
    assert EXCEPTIONS[file] - taken == set()


@pytest.mark.parametrize(
    "planted",
    [
        "import os",
        "import os.path",
        "from os import environ",
        "import importlib",
        "from importlib import import_module",
        "import urllib.request",
        "from collections import namedtuple\nimport socket",
        "import logging.handlers",
        "def inside():\n    import random",
        "import secrets",
        "import pathlib",
        "import shelve",
        "open('x')",
        "exec('x')",
        "eval('x')",
        "compile('x', 'x', 'exec')",
        "__import__('os')",
        "input()",
        "print()",
        "def inside():\n    print()",
    ],
)
@pytest.mark.parametrize("room", ALLOWED)
def test_what_is_planted_is_found(room, planted):
    assert len(list(offences(planted, ALLOWED[room]))) == 1


@pytest.mark.parametrize("planted", ["import datetime", "import time", "import zoneinfo", "import gettext"])
def test_the_core_has_neither_clock_nor_language(planted):
    assert list(offences(planted, ALLOWED["core"])) == [f"1: imports {planted.removeprefix('import ')}"]


@pytest.mark.parametrize("planted", ["datetime.now()", "date.today()", "datetime.utcnow()"])
def test_a_workflow_asks_for_no_time(planted):
    assert list(offences(planted, ALLOWED["workflows"])) == [f"1: calls {planted.removesuffix('()')}"]
