"""The recovery of a killed run, for people and machines."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.recovery_result import RecoveryResult
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import ShopKey, StorefrontStatus
from reconciler.views.common.context import RenderContext
from reconciler.views.json.document import DocumentHead
from reconciler.views.json.recovery import recovery_json
from reconciler.views.json.report import report_json
from reconciler.views.json.schema import document_schema
from reconciler.views.json.shapes import key_for
from reconciler.views.markdown.document import write_document
from reconciler.views.recovery import recovered_shop_line, recovery_document, render_recovery
from reconciler.views.render import render_result
from tests.views import samples

WHY = diagnostic(codes.LEFT_CLOSED, msg("it may stand CLOSED"), hint=msg("Open it in the admin screens"))


def resumed(outcome: RecoveryOutcome, **more: object) -> RecoveredShop:
    return RecoveredShop(shop=ShopKey("kyoto-tea"), run="run-1", outcome=outcome, pending_writes=2, **more)  # type: ignore[arg-type]


EACH = [
    resumed(RecoveryOutcome.REOPENED, closed=True, status=StorefrontStatus.OPEN),
    resumed(RecoveryOutcome.INTACT, status=StorefrontStatus.CLOSED),
    resumed(RecoveryOutcome.UNREADABLE, reason=diagnostic(codes.UNREACHABLE, msg("no answer"))),
    resumed(RecoveryOutcome.LOCKED, closed=True),
    resumed(RecoveryOutcome.LEFT_CLOSED, closed=True, reason=WHY),
]


def test_one_sentence_per_shop_and_the_hint_below(english: RenderContext) -> None:
    lines = render_recovery(RecoveryResult(recovered=tuple(EACH)), english).splitlines()
    assert len(lines) == len(EACH) + 1
    assert all(line.startswith("kyoto-tea: ") for line in lines[:-1])
    assert lines[-2:] == ["kyoto-tea: it may stand CLOSED", "    help: Open it in the admin screens"]
    assert "writes with unknown outcome: 2" in lines[1]


def test_writes_without_an_outcome_are_counted_if_there_are_any(english: RenderContext) -> None:
    line = recovered_shop_line(replace(resumed(RecoveryOutcome.INTACT), pending_writes=0))
    assert english.translate(line) == "kyoto-tea: left unfinished by an interrupted run; not closed by this tool"


def test_markdown_is_a_list_in_which_nothing_is_markup(english: RenderContext) -> None:
    foreign = resumed(
        RecoveryOutcome.LEFT_CLOSED, reason=diagnostic(codes.LEFT_CLOSED, msg("{text}", text="<b>@all</b>"))
    )
    page = recovery_document(RecoveryResult(recovered=(*EACH, foreign)), english)
    lines = write_document(page, english).splitlines()
    assert all(line.startswith("- ") for line in lines)
    assert lines[-1] == "- kyoto-tea: `<b>@all</b>`"


def test_the_page_of_a_resume_has_what_was_recovered_between_the_summary_and_the_rest(english: RenderContext) -> None:
    rest = ApplyResult(report=samples.report())
    report = render_result(rest, "markdown", english)
    both = render_result(RecoveryResult(recovered=tuple(EACH), continued=rest), "markdown", english)
    recovered = render_result(RecoveryResult(recovered=tuple(EACH)), "markdown", english)
    summary, found, details = both.partition(recovered)
    assert found
    assert summary.startswith("### Report: 1 LEFT CLOSED")
    assert details.startswith("\n| Outcome | Shop | Progress |")
    assert summary.rstrip("\n") + "\n" + details == report
    assert render_result(RecoveryResult(continued=rest), "markdown", english) == report, "nothing was to be recovered"


def test_nothing_is_said_in_a_sentence(context: RenderContext) -> None:
    nothing = RecoveryResult()
    assert render_recovery(nothing, context) == write_document(recovery_document(nothing, context), context)
    assert render_recovery(nothing, context).strip()


def test_beside_a_run_in_progress_every_format_says_which_it_is(english: RenderContext) -> None:
    held = diagnostic(codes.LEASE_HELD, msg("Run run-1 is in progress"))
    result = RecoveryResult(running=("run-1",), diagnostics=(held,))
    assert render_result(result, "text", english) == "Nothing to resume while a run is in progress.\n"
    page = render_result(result, "markdown", english)
    assert page.splitlines() == [
        "Nothing to resume while a run is in progress.",
        "",
        "- **refused** `A110 lease-held` Run run-1 is in progress",
    ]
    document = json.loads(render_result(result, "json", english))
    jsonschema.Draft202012Validator(document_schema("resume")).validate(document)
    assert [(each["slug"], each["severity"]) for each in document["diagnostics"]] == [("lease-held", "refused")]


@pytest.mark.parametrize("outcome", [RecoveryOutcome.UNREADABLE, RecoveryOutcome.LEFT_CLOSED])
def test_without_a_reason_it_did_not_answer(outcome: RecoveryOutcome, english: RenderContext) -> None:
    assert english.translate(recovered_shop_line(resumed(outcome))).endswith("it did not answer")


@pytest.mark.parametrize("requests", [None, (RequestLogEntry(method="GET", path="/admin-api/v1/x", status=200),)])
def test_for_machines_each_shop_with_what_was_known_found_and_done(
    requests: tuple[RequestLogEntry, ...] | None,
) -> None:
    text = recovery_json(
        EACH, continued=json.loads(report_json(samples.report())), head=DocumentHead(requests=requests)
    )
    document = json.loads(text)
    jsonschema.Draft202012Validator(document_schema("resume")).validate(document)
    assert document["summary"] == {"shops": 5} | dict.fromkeys((key_for(each) for each in RecoveryOutcome), 1)
    assert [shop["storefront"] for shop in document["shops"]] == ["open", "closed", None, None, None]
    assert [shop["closed_by_run"] for shop in document["shops"]] == [True, False, False, True, True]
    assert document["shops"][0]["writes_without_outcome"] == 2
    assert document["shops"][4]["diagnostics"][0]["slug"] == "left-closed"


def test_for_machines_nothing_is_a_document_too() -> None:
    document = json.loads(recovery_json(()))
    jsonschema.Draft202012Validator(document_schema("resume")).validate(document)
    assert (document["shops"], document["continued"], document["summary"]["shops"]) == ([], None, 0)


def test_its_schema_sees_a_slip() -> None:
    document = json.loads(recovery_json(EACH))
    document["shops"][0]["storefront"] = "ajar"
    assert not jsonschema.Draft202012Validator(document_schema("resume")).is_valid(document)
