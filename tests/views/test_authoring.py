"""The views of an import, and of the columns of an export, for people and machines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import jsonschema
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.legacy_columns import TABLE
from reconciler.core.importing.legacy_screens import LEGACY_SCREENS
from reconciler.core.importing.table_rows import OWNER_HEADERS
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.import_result import ImportResult, ImportVerification
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Origin, ShopKey
from reconciler.views.common.context import RenderContext
from reconciler.views.common.file_diff import diff_lines, diff_of
from reconciler.views.i18n import language
from reconciler.views.json.authoring import import_json
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead
from reconciler.views.json.mapping import mapping_json
from reconciler.views.json.schema import document_schema
from reconciler.views.markdown.importing import import_markdown
from reconciler.views.tables.columns import columns_table
from reconciler.views.tables.table import render_table
from reconciler.views.text.importing import render_import
from reconciler.views.text.mapping import render_columns, render_mapping

TEA, CUPS = ShopKey("kyoto-tea"), ShopKey("uji-cups")
NEW = FileEdit(file="shops/kyoto-tea.yaml", before=None, after="shop: kyoto-tea\ngroup: on\n")
CHANGED = FileEdit(file="shops/uji-cups.yaml", before="shop: uji-cups\nold: 1", after="shop: uji-cups\nnew: \x1b[2J\n")
SECRETS = ((TEA, "ref+env://KYOTO_TEA_MWS_AUTH_TOKEN"), (CUPS, "ref+env://UJI_CUPS_MWS_AUTH_TOKEN"))
WHY = diagnostic(
    codes.NOT_KEPT, msg("for the test"), shop=CUPS, subject="amazon.enabled", origin=Origin("shops/uji-cups.yaml", 2, 1)
)
LOG = DocumentHead(requests=(RequestLogEntry(method="GET", path="/x", status=200),))
PROVEN = ImportVerification(shops=2, kept=2, unproven=frozenset(), findings=())

DONE = ImportResult(shops=(TEA, CUPS), files=(NEW, CHANGED), secrets=SECRETS, proof=PROVEN)
SAMPLES = {
    "done": DONE,
    "unproven": replace(DONE, proof=replace(PROVEN, unproven=frozenset({CUPS}))),
    "not-kept": replace(DONE, secrets=(), proof=replace(PROVEN, kept=1, findings=(WHY,))),
    "check": replace(DONE, proof=None, check=True),
    "unchanged": replace(DONE, files=()),
    "one": ImportResult(shops=(TEA,), files=(NEW,), secrets=SECRETS[:1], proof=replace(PROVEN, shops=1, kept=1)),
    "nothing": ImportResult(diagnostics=(WHY,)),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_text(name: str, context: RenderContext, as_text) -> None:
    assert render_import(SAMPLES[name], context) == as_text


@pytest.mark.parametrize("name", SAMPLES)
def test_markdown(name: str, context: RenderContext, as_markdown) -> None:
    assert import_markdown(SAMPLES[name], context) == as_markdown


@pytest.mark.parametrize("name", SAMPLES)
def test_json(name: str, as_json) -> None:
    document = import_json(SAMPLES[name], LOG if name == "check" else EMPTY_HEAD)

    assert document == as_json
    jsonschema.Draft202012Validator.check_schema(document_schema("import"))
    jsonschema.Draft202012Validator(document_schema("import")).validate(json.loads(document))


@pytest.mark.parametrize(
    "render", [lambda i: render_import(i, english()), lambda i: import_markdown(i, english()), import_json]
)
def test_nothing_of_a_file_reaches_the_terminal_as_a_command(render: Callable[[ImportResult], str]) -> None:
    assert "\x1b" not in render(SAMPLES["check"])


def english() -> RenderContext:
    return RenderContext(language=language("en"))


def test_a_diff_can_be_handed_to_patch() -> None:
    assert diff_of(NEW).startswith("--- /dev/null\n+++ shops/kyoto-tea.yaml\n@@")
    assert diff_of(CHANGED).splitlines()[:2] == ["--- shops/uji-cups.yaml", "+++ shops/uji-cups.yaml"]
    assert "-old: 1\n\\ No newline at end of file\n" in diff_of(CHANGED)


def test_a_diff_shows_no_credential() -> None:
    token = "amzn.mws.00000000-0000-0000-0000-000000000000"

    assert token not in diff_of(FileEdit(file="x", before=f"old: {token}\n", after=f"new: {token}\n"))


def test_a_diff_in_colours() -> None:
    lines = list(diff_lines(CHANGED, RenderContext(language=language("en"), colour=True)))

    assert [line.startswith("\x1b[") for line in lines] == [True, True, False, False, True, False, True]


@pytest.mark.parametrize("width", [80, 120])
def test_the_mapping_names_every_column_and_screen(width: int, context: RenderContext, as_text) -> None:
    shown = render_mapping(replace(context, width=width))
    whole = render_mapping(context)
    assert all(header in whole for column in TABLE for header in column.headers)
    assert all(word in whole for screen in LEGACY_SCREENS for word in (*screen.before, *screen.now))
    assert shown == as_text


def test_the_columns_of_an_onboarding_have_the_owners_too(context: RenderContext) -> None:
    shown = render_columns(context)
    assert all(header in shown for header in OWNER_HEADERS)
    assert all(header in render_table(columns_table(context), context) for header in OWNER_HEADERS)


def test_for_machines_the_mapping_is_a_document_of_its_own(as_json) -> None:
    document = mapping_json()
    assert document == as_json
    jsonschema.Draft202012Validator(document_schema("import-mapping")).validate(json.loads(document))
    columns = {column["names"][0]: column for column in json.loads(document)["columns"]}
    assert len(columns) == len(TABLE)
    assert {"cell": "利用する", "value": True} in columns["利用設定"]["words"]
    assert {"cell": "未登録", "value": "absent"} in columns["インスタント通知(IPN)の登録"]["words"]
    assert all(column["note"] for column in columns.values() if column["manifest_key"] is None)
