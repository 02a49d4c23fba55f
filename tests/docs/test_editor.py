"""What editors are given: settings that parse, and an entry for the catalogue of SchemaStore."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml

from tools.schemastore import for_schemastore

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/editor.md").read_text(encoding="utf-8")
ENTRY = json.loads((ROOT / "schemas/schemastore/catalog-entry.json").read_text(encoding="utf-8"))


def test_the_settings_of_editors_on_the_page_are_json_and_start_the_language_server() -> None:
    settings = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]

    assert settings
    assert any("lsp" in each.get("glspc.server.commandArguments", ()) for each in settings)


def test_the_entry_has_what_the_catalogue_asks_for() -> None:
    assert set(ENTRY) == {"name", "description", "fileMatch", "url"}
    assert all(isinstance(ENTRY[key], str) and ENTRY[key] == ENTRY[key].strip() for key in ("name", "description"))
    assert not ENTRY["description"].endswith(".")
    assert urlsplit(ENTRY["url"]).scheme == "https"
    assert all("/" not in pattern.removeprefix("**/") for pattern in ENTRY["fileMatch"])


def test_the_entry_keeps_the_schema_of_the_catalogue() -> None:
    """The rules for one entry in https://json.schemastore.org/schema-catalog.json."""
    address = {"type": "string", "format": "uri", "pattern": "^https://"}
    rules = {
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string"},
            "description": {"type": "string"},
            "fileMatch": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "url": address,
            "versions": {"type": "object", "additionalProperties": address},
        },
        "required": ["name", "url", "description"],
        "type": "object",
    }
    jsonschema.Draft4Validator(rules).validate(ENTRY)


def test_the_entry_takes_no_files_of_others() -> None:
    """Only the name of the tool's own file: a pattern such as `settings.yaml` or `**/*.yaml` would match files of other tools."""
    assert ENTRY["fileMatch"] == ["reconciler.yaml"]


def test_the_schema_of_the_entry_is_valid_and_accepts_the_settings_of_the_repository() -> None:
    schema = json.loads((ROOT / "schemas/settings.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    settings = yaml.safe_load((ROOT / "demo/reconciler.yaml").read_text(encoding="utf-8"))

    assert {"$id", "title", "description"} <= set(schema)
    jsonschema.Draft202012Validator(schema).validate(settings)


def test_schemastore_gets_the_same_rules_in_the_draft_that_it_accepts() -> None:
    """Later drafts are refused there: https://github.com/SchemaStore/schemastore, src/schema-validation.jsonc."""
    ours = json.loads((ROOT / "schemas/settings.schema.json").read_text(encoding="utf-8"))
    theirs = json.loads((ROOT / "schemas/schemastore/reconciler-settings.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(theirs)
    assert theirs["$id"] == ENTRY["url"]
    assert {**theirs, "$schema": "", "$id": ""} == {**ours, "$schema": "", "$id": ""}
    settings = yaml.safe_load((ROOT / "demo/reconciler.yaml").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(theirs).validate(settings)
    assert not jsonschema.Draft7Validator(theirs).is_valid({**settings, "storre": "x"})


def test_a_keyword_that_the_draft_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="draft 07 has no prefixItems"):
        for_schemastore({"properties": {"x": {"prefixItems": []}}})
