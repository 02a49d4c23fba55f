"""The schemas: generated, complete, in two languages, and equal to the files that are published."""

import json
from pathlib import Path

import pytest

from reconciler.adapters.manifests.documents.json_schema import shape, shared_schema, shop_schema
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.settings.json_schema import settings_schema
from reconciler.core.model import formats as forms
from reconciler.core.model.formats import Format
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import Owner

SCHEMAS = {"shop": shop_schema, "shared": shared_schema, "settings": settings_schema}
FOLDER = Path(__file__).parents[4] / "schemas"
OWN = {"apiVersion", "shop", "group", "labels", "maintenance.close_shop", "maintenance.window", "maintenance.time_zone"}


def fields(schema, above=()):
    for name, field in schema.get("properties", {}).items():
        yield (*above, name), field
        yield from fields(field, (*above, name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_file_is_what_the_documents_say(name):
    published = json.loads((FOLDER / f"{name}.schema.json").read_text())
    assert published == SCHEMAS[name]()


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_has_an_id_and_is_alone(name):
    schema = SCHEMAS[name]()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].endswith(name)
    text = json.dumps(schema)
    assert "$ref" not in text
    assert "x-form" not in text


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_explained_in_english_and_japanese(name):
    def japanese(text):
        return any("\u3040" <= character <= "\u9fff" for character in text)

    for path, field in fields(SCHEMAS[name]()):
        assert japanese(field["title"]), path
        assert japanese(field["description"]), path
        assert field["title"][0].isascii(), path


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_mapping_takes_unknown_keys(name):
    for path, field in [((), SCHEMAS[name]()), *fields(SCHEMAS[name]())]:
        if "properties" in field:
            assert field["additionalProperties"] is False, path


def test_what_the_kinds_let_declare_is_what_a_manifest_can_hold():
    """A field that is added to the core and forgotten here, or the other way round, is named."""
    declared = {spec.policy.manifest_path for kind in KINDS for spec in kind.managed_fields(Owner.MANAGED)}
    leaves = {".".join(path) for path, field in fields(shape(ShopDocument)) if "properties" not in field}
    assert leaves - OWN == declared


def test_titles_and_screens_come_from_the_core():
    by_place = {".".join(path): field for path, field in fields(shop_schema())}
    for kind in KINDS:
        for spec in kind.managed_fields(Owner.MANAGED):
            field = by_place[spec.policy.manifest_path]
            assert field["title"] == f"{spec.policy.title} / {spec.policy.label}"
            assert kind.screen in field["description"]
            assert ("要閉店" in field["description"]) == spec.policy.while_closed


def test_forms_come_from_the_core():
    known = {form.pattern for form in vars(forms).values() if isinstance(form, Format)}
    patterns = {field["pattern"] for _, field in fields(shop_schema()) if "pattern" in field}
    assert patterns
    assert patterns <= known


def test_a_shared_file_is_a_shops_file_without_its_name():
    shop = {path for path, _ in fields(shape(ShopDocument))}
    shared = {path for path, _ in fields(shape(SharedDocument))}
    assert shop - shared == {("shop",)}
    assert shared <= shop
