"""The schemas of documents: the snapshots of the tests match them, and nothing else does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.views.json.schema import DOCUMENTS, document_schema

TESTS = Path(__file__).parents[1]
SNAPSHOTS = sorted((*TESTS.glob("cases/*/expected/*.json"), *TESTS.glob("**/__snapshots__/**/*.json")))
NAMES = {f"reconciler/{document.name}": name for name, document in DOCUMENTS.items()}


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = document_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document, itself included."""
    if isinstance(part, dict):
        yield part
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in inner:
        yield from objects(value)


def test_there_are_documents_of_every_command_that_has_cases() -> None:
    formats = {json.loads(path.read_text(encoding="utf-8"))["format"] for path in SNAPSHOTS}
    assert formats >= {f"reconciler/{name}" for name in ("plan", "report", "drift", "shop", "validation", "import")}


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_document_has_the_shape_of_its_schema_and_no_key_more(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    checked = validator(NAMES[document["format"]])
    checked.validate(document)
    for part in list(objects(document)):
        part["anew"] = None
        assert not checked.is_valid(document), part
        del part["anew"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_states_the_head_and_closes_every_object(name: str) -> None:
    schema = document_schema(name)
    assert validator(name).schema["properties"]["format"]["const"] == f"reconciler/{DOCUMENTS[name].name}"
    assert schema["properties"]["version"]["const"] == DOCUMENTS[name].version
    described = [part for part in objects(schema) if "properties" in part and part.get("type") == "object"]
    assert [part for part in described if part["additionalProperties"] is not False] == []
    assert all("requests" not in part["required"] for part in described)


def test_a_document_is_written_without_the_library_that_derives_schemas() -> None:
    modules = sorted(path.stem for path in (TESTS.parent / "reconciler" / "views" / "json").glob("*.py"))
    imports = "".join(
        f"import reconciler.views.json.{name}\n" for name in modules if name not in ("__init__", "schema")
    )
    code = f"{imports}import sys\nsys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
