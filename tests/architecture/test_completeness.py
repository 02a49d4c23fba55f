"""Names what was forgotten when a field, a kind, a code or an event is added."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS, ExitCode
from reconciler.core.diagnostics.explanations import EXPLANATIONS
from reconciler.core.model.kinds import AMAZON_SETTINGS, KIND_NAMES, KINDS, kind_named
from reconciler.core.model.policy import Compare, FieldSpec, KindSpec, Owner
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.cascade import DERIVATIONS, REQUIRED_SETTINGS
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.field_diff import diff
from reconciler.core.planning.ordering import STAGES, stage_of
from reconciler.core.planning.rules import RULES
from reconciler.core.runs import report
from reconciler.core.runs.events import Event
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ABSENT, Registration, StorefrontStatus
from tests.support.example_worlds import desired_with, live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import origin_at
from tools.catalogue import extracted

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "reconciler").rglob("*.py"))

FIELDS = [(kind, spec) for kind in KINDS for spec in kind.fields]
OURS = [(kind, spec) for kind, spec in FIELDS if spec.policy.owner is Owner.MANAGED]


def each(fields: list[tuple[KindSpec, FieldSpec]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("kind", "spec"), [pytest.param(kind, spec, id=f"{kind.name}.{spec.name}") for kind, spec in fields]
    )


def ref_of(kind: KindSpec, spec: FieldSpec) -> FieldRef:
    return FieldRef(kind.name, spec.name, "entry" if spec.policy.entries else None)


@each(FIELDS)
def test_a_field_says_how_people_call_it(kind, spec):
    assert spec.policy.label.strip(), f"{kind.name}.{spec.name} has no label"
    assert spec.policy.title.strip(), f"{kind.name}.{spec.name} has no title"


@pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)
def test_a_kind_says_how_people_call_it_and_where_its_screen_is(kind):
    assert kind.label.strip()
    assert kind.screen.strip()
    assert kind_named(kind.name) is kind
    titles = Counter(spec.policy.title for spec in kind.fields)
    assert [title for title, times in titles.items() if times > 1] == []


@each(FIELDS)
def test_what_may_be_declared_has_a_place_in_the_manifest_and_nothing_else_has(kind, spec):
    assert bool(spec.policy.manifest_path) is (spec.policy.owner is Owner.MANAGED)


@each(FIELDS)
def test_a_field_that_can_drift_says_how_bad_that_is(kind, spec):
    assert (spec.policy.severity is not None) is (spec.policy.owner is not Owner.ISSUED)


def test_no_two_fields_share_a_place_in_the_manifest_and_none_lies_below_another():
    places = [spec.policy.manifest_path for _, spec in OURS]
    assert [place for place, times in Counter(places).items() if times > 1] == []
    assert [(one, other) for one in places for other in places if other.startswith(f"{one}.")] == []


@each(OURS)
def test_a_field_of_ours_has_a_stage_in_the_order_of_writing(kind, spec):
    for after in (True, "text", Registration.ABSENT, Registration.REGISTERED, *StorefrontStatus):
        change = Change(ref=ref_of(kind, spec), before=ABSENT, after=after, reason=Reason.DECLARED, origin=origin_at(1))
        assert stage_of(change) in STAGES


@each(OURS)
def test_a_secret_is_compared_by_its_seal_and_nothing_else_is(kind, spec):
    assert spec.policy.secret is (spec.policy.compare is Compare.SEALED)


@each([(kind, spec) for kind, spec in FIELDS if spec.policy.owner is Owner.DERIVED])
def test_a_derived_field_follows_a_field_of_ours_and_says_how(kind, spec):
    assert FieldRef(kind.name, spec.name) in DERIVATIONS, "it has no entry in cascade.DERIVATIONS"
    assert spec.policy.follows in {f"{k.name}.{s.name}" for k, s in OURS}


def test_what_is_derived_in_the_cascade_is_derived_by_its_policy():
    assert [str(ref) for ref in DERIVATIONS if ref.spec.policy.owner is not Owner.DERIVED] == []


def test_the_items_of_the_screen_are_fields_of_ours():
    ours = {spec.name for spec in AMAZON_SETTINGS.managed_fields(Owner.MANAGED)}
    assert set(REQUIRED_SETTINGS) <= ours


@each(OURS)
def test_a_field_of_ours_can_be_wished_for_and_is_seen_to_differ(kind, spec):
    shop = live()
    changed = {"messages": {"order_area.label": "other"}}.get(spec.name, "other")
    changes = diff(desired_with(**{spec.name: changed}), ModelBackend([shop]).look(shop.key))
    assert [(change.ref.kind, change.ref.field) for change in changes] == [(kind.name, spec.name)]


def test_codes_are_unique_by_number_and_by_slug():
    for what in ("number", "slug"):
        times = Counter(getattr(code, what) for code in codes.all_codes())
        assert [name for name, count in times.items() if count > 1] == []


@pytest.mark.parametrize("code", codes.all_codes(), ids=lambda code: code.slug)
def test_a_code_is_named_so_that_people_can_type_it(code):
    assert code.number[0] in "MRSBGAICFW"
    assert code.number[1:].isdigit()
    assert code.slug == code.slug.lower().replace(" ", "-")
    assert str(code.title)


def names_of_codes_in(tree: ast.AST) -> Iterator[str]:
    """`codes.NAME`, and names that were imported from `codes`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "codes":
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "reconciler.core.diagnostics.codes":
            yield from (name.name for name in node.names)


def code_names() -> dict[str, Code]:
    return {name: value for name, value in vars(codes).items() if value in codes.all_codes()}


@cache
def used_codes() -> set[str]:
    """An explanation is no use."""
    sources = [path for path in SOURCES if "explanations" not in path.parts]
    return {name for path in sources for name in names_of_codes_in(ast.parse(path.read_text(encoding="utf-8")))}


def test_every_code_is_used():
    assert sorted(code_names().keys() - used_codes()) == []


def test_every_code_that_is_used_is_explained():
    unexplained = {name for name, code in code_names().items() if code not in EXPLANATIONS}
    assert sorted(unexplained & used_codes()) == []


def test_the_example_of_a_code_is_a_message_that_the_tool_really_has():
    said = {
        text
        for path in SOURCES
        if "explanations" not in path.parts
        for text in extracted(path.read_text(encoding="utf-8"))
        if isinstance(text, str)
    }
    assert sorted(code.slug for code, sources in EXPLANATIONS.items() if sources.example.template not in said) == []


@pytest.mark.parametrize("code", EXPLANATIONS, ids=lambda code: code.slug)
def test_an_explanation_leaves_no_place_empty(code):
    for text in (EXPLANATIONS[code].example, EXPLANATIONS[code].fix):
        assert str(text)
        assert all(str(value) for _, value in text.arguments)


def test_every_event_is_folded_into_the_report():
    """mypy proves it as well (`assert_never`); this names the event."""
    tree = ast.parse(Path(report.__file__).read_text(encoding="utf-8"))
    handled = {
        node.cls.id for node in ast.walk(tree) if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Name)
    }
    assert {event.__name__ for event in get_args(Event)} - handled == set()


def test_every_outcome_can_come_of_a_run():
    tree = ast.parse(Path(report.__file__).read_text(encoding="utf-8"))
    named = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "ShopOutcome"
    }
    assert {outcome.name for outcome in ShopOutcome} - named == set()


def test_every_verdict_says_what_it_means():
    assert EXIT_CODE_MEANINGS.keys() == set(ExitCode)


def test_every_rule_is_used():
    rules = ROOT / "reconciler" / "core" / "planning" / "rules"
    defined = {
        node.name
        for path in rules.glob("*.py")
        if path.stem not in ("__init__", "case")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert defined == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("kind", KINDS, ids=KIND_NAMES)
def test_a_kind_has_a_form_on_the_wire_and_can_be_written_where_it_has_fields_of_ours(kind):
    codec = import_module("reconciler.adapters.backend.wire").CODECS.get(kind.name)
    assert codec is not None, f"{kind.name} has no codec in reconciler.adapters.backend.wire"
    assert (codec.encode is not None) is any(kind.managed_fields(Owner.MANAGED))


def shop_schema() -> dict[str, Any]:
    return import_module("reconciler.adapters.manifests.documents.json_schema").shop_schema()


def at(schema: dict[str, Any], node: dict[str, Any], place: str) -> dict[str, Any] | None:
    """The part of the schema that describes a dotted place, or None."""
    for name in place.split("."):
        found = [one["properties"][name] for one in resolved(schema, node) if name in one.get("properties", {})]
        if not found:
            return None
        node = found[0]
    return node


def resolved(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all that it refers to or chooses from."""
    yield node
    if "$ref" in node:
        yield from resolved(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    for word in ("anyOf", "oneOf", "allOf"):
        for choice in node.get(word, ()):
            yield from resolved(schema, choice)


@each(OURS)
def test_a_field_of_ours_can_be_declared_in_a_manifest(kind, spec):
    schema = shop_schema()
    assert at(schema, schema, spec.policy.manifest_path) is not None, (
        f"{spec.policy.manifest_path} is not in the schema"
    )


@each([(kind, spec) for kind, spec in FIELDS if spec.policy.owner is not Owner.MANAGED])
def test_what_is_issued_or_derived_has_no_key_beside_those_of_its_kind(kind, spec):
    schema = shop_schema()
    sections = {s.policy.manifest_path.rpartition(".")[0] for s in kind.managed_fields(Owner.MANAGED)}
    assert [place for place in sections if place and at(schema, schema, f"{place}.{spec.name}")] == []


def test_a_hint_starts_like_a_sentence():
    """With a capital, or with a word that is quoted or filled in."""
    ways = {way for path in SOURCES for way in ways_on_in(ast.parse(path.read_text(encoding="utf-8")))}
    assert len(ways) > 100
    assert sorted(way for way in ways if way[0].islower() and not way.startswith("docs/")) == []


def ways_on_in(tree: ast.AST) -> Iterator[str]:
    """What is said under that name: as an argument, in an assignment, or in a function called so."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="hint") | ast.Assign(targets=[ast.Name(id="hint")]):
                yield from said_in(node.value)
            case ast.FunctionDef(name=name) if name.endswith("hint"):
                yield from said_in(node)


def said_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="msg"), args=[ast.Constant(value=str() as text), *_]):
                yield text
