"""The JSON documents: their bytes, and their shape as the schemas state it."""

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from reconciler.core.results.command import RunIdentity
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.views.common.context import RenderContext
from reconciler.views.formats.registry import FORMATS
from reconciler.views.json.document import DocumentHead
from reconciler.views.json.drift import drift_json
from reconciler.views.json.observed import observed_json
from reconciler.views.json.plan import plan_json
from reconciler.views.json.report import report_json
from reconciler.views.json.schema import document_schema
from reconciler.views.json.validation import failure_json, validation_json
from reconciler.views.render import render_pieces, render_result
from tests.views import samples
from tests.views.fleet.large_fleet import large_plan

LOG = DocumentHead(
    identity=RunIdentity(
        run="5e3e3c6e-0000-4000-8000-000000000001",
        command="plan",
        started="2026-04-01T03:00:00Z",
        ended="2026-04-01T03:00:02Z",
        actor="hanako",
        host="build-7",
        tool_version="1.0",
        environment="sandbox",
        backend="embedded",
        fleet="sandbox-embedded",
        commit="0123456789abcdef0123456789abcdef01234567",
    ),
    requests=(
        RequestLogEntry(method="GET", path="/admin-api/v1/shops/kyoto-tea/integration", status=200),
        RequestLogEntry(method="GET", path="/admin-api/v1/x", status=None),
    ),
)
DOCUMENTS = {
    "plan": lambda: plan_json(samples.plan(), samples.findings()),
    "plan-logged": lambda: plan_json(samples.quiet_plan(), head=LOG),
    "report": lambda: report_json(samples.report()),
    "report-logged": lambda: report_json(samples.report(interrupted=True), samples.findings(), LOG),
    "drift": lambda: drift_json(samples.drift()),
    "drift-sides": lambda: drift_json(samples.sided_drift()),
    "drift-heard": lambda: drift_json(samples.heard_drift()),
    "drift-logged": lambda: drift_json(samples.drift(), LOG),
    "shop": lambda: observed_json(samples.pairs()[1][1]),
    "shop-unknown": lambda: observed_json(samples.pairs()[3][1], LOG),
    "validation": lambda: validation_json(samples.validation()),
    "validation-fixed": lambda: validation_json(samples.validation(fixed=True)),
    "validation-preview": lambda: validation_json(samples.validation(fixed=True, check=True)),
    "failure": lambda: failure_json(samples.findings()),
}
SCHEMAS = {
    "plan": lambda: document_schema("plan"),
    "report": lambda: document_schema("report"),
    "drift": lambda: document_schema("drift"),
    "shop": lambda: document_schema("observed"),
    "validation": lambda: document_schema("validation"),
    "failure": lambda: document_schema("failure"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document(name: str, as_json) -> None:
    assert DOCUMENTS[name]() == as_json


@pytest.mark.parametrize("name", DOCUMENTS)
def test_head(name: str) -> None:
    document = json.loads(DOCUMENTS[name]())
    assert document["format"] == f"reconciler/{name.partition('-')[0]}"
    assert document["version"] == 2


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_has_its_schema_s_shape(name: str) -> None:
    schema = SCHEMAS[name.partition("-")[0]]()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(DOCUMENTS[name]()))


@pytest.mark.parametrize(
    ("name", "slip"),
    [
        ("shop", lambda document: document["kinds"][0]["fields"][0].update(owner="nobody")),
        ("shop", lambda document: document["kinds"][0].pop("version")),
        ("validation", lambda document: document.update(valid=None)),
        ("failure", lambda document: document.update(secret="x")),
    ],
)
def test_a_schema_sees_a_slip(name: str, slip: Callable[[Any], object]) -> None:
    document = json.loads(DOCUMENTS[name]())
    slip(document)
    assert not jsonschema.Draft202012Validator(SCHEMAS[name]()).is_valid(document)


def test_a_schema_refuses_what_it_does_not_name() -> None:
    document = json.loads(DOCUMENTS["plan"]())
    document["shops"][0]["changes"][0]["token"] = "x"
    assert not jsonschema.Draft202012Validator(document_schema("plan")).is_valid(document)


def test_nothing_in_a_document_drives_a_terminal() -> None:
    text = DOCUMENTS["report"]()
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\x1b[31mERROR\r\nline two" in json.loads(text)["shops"][2]["diagnostics"][0]["summary"]


@pytest.mark.parametrize("plan", [samples.plan, samples.quiet_plan, large_plan])
def test_the_pieces_of_a_plan_are_its_document(plan, english: RenderContext) -> None:
    """No piece divides a value: a log's command and a secret are found in each."""
    result = PlanResult(plan=plan())
    pieces = list(render_pieces(result, "json", english))
    assert "".join(pieces) == render_result(result, "json", english)
    assert all(len(re.findall(r'(?<!\\)(?:\\\\)*"', piece)) % 2 == 0 for piece in pieces)
    document = json.loads("".join(pieces))
    assert [shop["shop"] for shop in document["shops"]] == [shop.shop for shop in result.plan.shops]
    assert max(map(len, pieces)) < 300_000


@pytest.mark.parametrize("output", FORMATS)
def test_a_format_without_pieces_is_one(output: str, english: RenderContext) -> None:
    result = DriftResult(drift=samples.drift())
    assert list(render_pieces(result, output, english)) == [render_result(result, output, english)]
