"""The pydantic document and the JSON Schema of a manifest give the same result for any input."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from reconciler.adapters.manifests.checks.schema_validator import violations
from reconciler.adapters.manifests.checks.shape import shape_diagnostics
from reconciler.adapters.manifests.documents.formats import format_by_name
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.adapters.settings.documents import SettingsDocument

MODELS = (ShopDocument, SharedDocument, SettingsDocument)
CORPUS = Path(__file__).parents[3] / "corpus" / "manifests"


def document_accepts(model, data):
    try:
        model.model_validate(data)
    except ValidationError:
        return False
    return True


def schema_accepts(model, data):
    return not list(violations(data, model))


odd: st.SearchStrategy[object] = st.sampled_from(
    (
        *(None, True, False, 0, 1, -1, 1.0, 0.5, float("inf"), float("nan"), 10**30, [], {}, ["open"]),
        *(
            "",
            " ",
            "open",
            "allow",
            "A1EXAMPLE234567",
            "A1EXAMPLE234567\n",
            "30%",
            "embedded",
            "http://x",
            "reconciler/v1",
        ),
        *("pre-set", "ref+env://A", "ref+env://A\x1f", "ref+env://A\x85", "a@b.example", "a@b.example\n"),
        *("01:00-05:00", "\u06601:00-05:00", "Asia/Tokyo"),
    )
)


def values(schema):
    """Mostly valid values, sometimes invalid ones."""
    return st.one_of(_fitting(schema), odd) if schema.get("type") != "object" else _fitting(schema)


def _fitting(schema):
    if "anyOf" in schema:
        return st.one_of([values(branch) for branch in schema["anyOf"]])
    if "properties" in schema:
        fields = {name: values(field) for name, field in schema["properties"].items()}
        known = st.fixed_dictionaries({}, optional=fields)
        return st.builds(
            lambda a, b: {**b, **a}, known, st.dictionaries(st.sampled_from(["x", "use", ""]), odd, max_size=1)
        )
    if "additionalProperties" in schema:
        names = st.sampled_from(["order_area", "wave", "Wave", "a b", "", "a\n"])
        return st.dictionaries(names, values(schema["additionalProperties"]), max_size=3)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "x-form" in schema:
        return st.just(format_by_name(schema["x-form"]).example)
    return {"boolean": st.booleans(), "integer": st.integers(-2, 2000), "number": st.floats(-1, 4000)}.get(
        _type(schema), st.text(max_size=5)
    )


def _type(schema):
    named = schema.get("type")
    return named if isinstance(named, str) else next((name for name in named or () if name != "null"), None)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@given(data=st.data())
def test_on_generated_values(model, data):
    value = data.draw(values(shape(model)))
    assert document_accepts(model, value) == schema_accepts(model, value)


@given(st.text(max_size=40) | st.from_regex(r"ref\+[a-z]+://.{0,5}"))
def test_on_any_token(text):
    data = {"apiVersion": "reconciler/v1", "shop": "a", "amazon": {"api": {"mws_auth_token": text}}}
    assert document_accepts(ShopDocument, data) == schema_accepts(ShopDocument, data)


def corpus(kind):
    return [pytest.param(path, id=path.stem) for path in sorted((CORPUS / kind).glob("*.yaml"))]


@pytest.mark.parametrize("path", corpus("valid"))
def test_valid_files_of_the_corpus(path):
    parsed = read_yaml(path.read_bytes(), path.name)
    assert parsed.diagnostics == ()
    assert document_accepts(ShopDocument, parsed.data)
    assert schema_accepts(ShopDocument, parsed.data)


@pytest.mark.parametrize("path", corpus("invalid"))
def test_invalid_files_of_the_corpus(path):
    """The first line of each file lists the expected codes, in order of place."""
    parsed = read_yaml(path.read_bytes(), path.name)
    assert not document_accepts(ShopDocument, parsed.data)
    assert not schema_accepts(ShopDocument, parsed.data)
    wanted = path.read_text().splitlines()[0].removeprefix("# ").split()
    assert [finding.code.number for finding in shape_diagnostics(parsed, ShopDocument)] == wanted
