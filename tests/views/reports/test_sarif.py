"""SARIF, by the schema of OASIS, and by the limits and demands of code scanning."""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.source_line import SourceLine
from reconciler.core.diagnostics.source_root import SourceRoot
from reconciler.core.drift.finding_id import field_place
from reconciler.core.findings.finding import FindingClass, FindingKey
from reconciler.core.results.command import CommandResult
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.render import render_result
from tests.views.reports.results import RESULTS, hostile_results, identity, unknown_keys, validated

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
ENGLISH = RenderContext(language=language("en"))
SOME = 1000
"""Results that the schema judges: of one kind, the others have the same form."""


def run_of(result: CommandResult, context: RenderContext = ENGLISH) -> dict[str, Any]:
    """The one run of a log that is valid and has what code scanning demands."""
    log = json.loads(render_result(result, "sarif", context))
    [run] = log["runs"]
    judged = {**log, "runs": [{**run, "results": run["results"][:SOME]}]}
    assert [error.message for error in VALIDATOR.iter_errors(judged)] == []
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["id"]
        assert all(0 < len(rule[part]["text"]) <= 1024 for part in ("shortDescription", "fullDescription", "help"))
        assert len(rule["properties"]["tags"]) <= 10
    for found in run["results"]:
        assert 0 < len(found["message"]["text"]) <= 1024
        assert run["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == found["ruleId"]
        [location] = found["locations"]
        place = location["physicalLocation"]
        first = place["artifactLocation"]["uri"].partition("/")[0]
        assert re.fullmatch(r"[^:\\]+", first)
        assert first != ".."
        region = place["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert 1 <= region["startColumn"] < region["endColumn"]
        assert re.fullmatch(r"[0-9a-f]{16}:\d+", found["partialFingerprints"]["primaryLocationLineHash"])
    return dict(run)


@pytest.mark.parametrize(("format_", "wrong"), [("uri", "no scheme"), ("uri-reference", "a b"), ("date-time", "today")])
def test_the_schema_judges_addresses_and_times(format_: str, wrong: str) -> None:
    assert not VALIDATOR.evolve(schema={"format": format_}).is_valid(wrong)


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_a_valid_log(name: str) -> None:
    run = run_of(RESULTS[name])
    [invocation] = run["invocations"]
    result = RESULTS[name]
    assert invocation["exitCode"] == result.exit_code.value
    shown = len(run["results"]) + len(invocation["toolExecutionNotifications"])
    drifted = getattr(result, "drift", None)
    entries = 0 if drifted is None else sum(len(shop.entries) for shop in drifted.shops)
    assert shown == len(set(result.all_diagnostics)) + entries


@pytest.mark.parametrize("text", ["{0} [a](1) \\", "a:b", "../..", "\x1b", "]" * 3000, "{" * 3000, "\udc80", "%41?x#y"])
def test_hostile_text_leaves_it_valid(text: str) -> None:
    for result in hostile_results(text):
        run = run_of(result)
        assert not [one for one in run["results"] if re.search(r"(?<!\\)\]\(|(?<!\{)\{\d", one["message"]["text"])]


def test_one_category_for_each_command_and_fleet() -> None:
    categories = {name: run_of(RESULTS[name])["automationDetails"]["id"] for name in ("validate", "drift", "failure")}
    assert categories == {
        "validate": "reconciler/validate/sandbox-embedded/",
        "drift": "reconciler/drift/sandbox-embedded/",
        "failure": "reconciler/plan/sandbox-embedded/",
    }


def fingerprints(result: CommandResult, context: RenderContext = ENGLISH) -> list[str]:
    return [found["partialFingerprints"]["primaryLocationLineHash"] for found in run_of(result, context)["results"]]


def test_an_identity_outlives_lines_texts_languages_and_runs() -> None:
    before = validated(*unknown_keys(3))
    moved = [
        replace(one, origin=Origin("shops/kyoto-tea.yaml", 40 + n, 9))
        for n, one in enumerate(unknown_keys(3, text="x"))
    ]
    after = replace(validated(*moved), identity=replace(identity("validate"), run="other", started="later"))
    japanese = RenderContext(language=language("ja"))
    assert fingerprints(before) == fingerprints(after) == fingerprints(before, japanese)
    assert len(set(fingerprints(before))) == 3


def test_another_fleet_has_other_identities() -> None:
    one = validated(*unknown_keys(1))
    other = replace(one, identity=replace(identity("validate"), fleet="production-shops"))
    assert set(fingerprints(one)).isdisjoint(fingerprints(other))


def test_two_problems_of_one_identity_are_both_there() -> None:
    [one] = unknown_keys(1)
    found = fingerprints(validated(one, replace(one, origin=Origin("shops/kyoto-tea.yaml", 9, 1))))
    assert [each.partition(":")[2] for each in found] == ["1", "2"]


def test_files_are_named_from_the_root_of_the_repository() -> None:
    context = replace(ENGLISH, source_root=SourceRoot("/srv/shops", "/srv/shops/fleet"))
    places = ["shops/a b.yaml", "/srv/shops/shared/x.yaml", "../top.yaml", "../../outside.yaml", "/etc/x.yaml"]
    found = [replace(one, origin=Origin(file, 1, 1)) for one, file in zip(unknown_keys(5), places, strict=True)]
    run = run_of(validated(*found), context)
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert sorted(uris) == ["fleet/shops/a%20b.yaml", "shared/x.yaml", "top.yaml"]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == 2


def test_a_region_is_the_part_that_the_diagnostic_points_at() -> None:
    [one] = unknown_keys(1)
    line = SourceLine(text="  enabld: true", start=2, length=6)
    context = replace(ENGLISH, sources={Origin("shops/kyoto-tea.yaml", 1, 3): line})
    [found] = run_of(validated(one), context)["results"]
    region = found["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 9}


def test_what_the_backend_did_not_answer_is_no_result() -> None:
    silent = diagnostic(codes.UNREACHABLE, msg("no answer"), origin=Origin("shops/kyoto-tea.yaml", 1, 1))
    run = run_of(validated(silent))
    assert run["results"] == []
    [invocation] = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 4)
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "no answer"


def test_more_results_than_an_upload_may_have_are_counted() -> None:
    note = replace(unknown_keys(1)[0], severity=codes.REFERENCE_CHANGED.severity, subject="note")
    run = run_of(validated(*unknown_keys(25_010), note))
    assert len(run["results"]) == 25_000
    assert {found["level"] for found in run["results"]} == {"error"}
    [notification] = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("11 results omitted: ")


def test_an_upload_is_no_larger_than_10_mb() -> None:
    chance = random.Random(7)
    found = [
        replace(one, summary=msg("{text}", text=base64.b64encode(chance.randbytes(750)).decode()))
        for one in unknown_keys(20_000)
    ]
    text = render_result(validated(*found), "sarif", ENGLISH)
    assert len(zlib.compress(text.encode())) < 10_000_000 < len(text)
    run = json.loads(text)["runs"][0]
    [notification] = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith(f"{20_000 - len(run['results'])} results omitted: ")


def test_levels() -> None:
    levels = {found["ruleId"]: found["level"] for found in run_of(RESULTS["drift-sides"])["results"]}
    expected = {
        "conflict": "error",
        "drifted": "warning",
        "pending": "note",
        "converged-by-hand": "note",
    }
    assert expected.items() <= levels.items()


def test_accepted_drift_is_a_suppressed_note() -> None:
    result = RESULTS["drift"]
    assert isinstance(result, DriftResult)
    shops = [
        replace(shop, entries=tuple(replace(entry, accepted_until="2026-12-31") for entry in shop.entries))
        for shop in result.drift.shops
    ]
    accepted = [
        found
        for found in run_of(replace(result, drift=replace(result.drift, shops=tuple(shops))))["results"]
        if found["ruleId"] in {"drifted", "differs"}
    ]
    assert len(accepted) > 3
    assert {found["level"] for found in accepted} == {"note"}
    suppression = {"kind": "external", "justification": "The drift is accepted until 2026-12-31"}
    assert all(found["suppressions"] == [suppression] for found in accepted)


def test_drift_has_the_identity_of_its_finding() -> None:
    result = RESULTS["drift-sides"]
    assert isinstance(result, DriftResult)
    classes = {"differs": "drifted", "drifted": "drifted", "conflict": "conflict", "not-following": "not-following"}
    keys = [
        FindingKey(
            fleet="sandbox-embedded",
            shop=shop.shop,
            field=field_place(entry.ref),
            kind=FindingClass(classes[entry.label.value]),
        )
        for shop in result.drift.shops
        for entry in shop.entries
        if entry.label.value in classes
    ]
    reported = {one.partition(":")[0] for one in fingerprints(result)}
    assert len(keys) > 3
    assert {key.id for key in keys} <= reported
