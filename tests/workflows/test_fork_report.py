"""The result of a fork's job: codes and places are taken from it, and nothing that it says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.diagnostics import codes
from reconciler.workflows.ci.fork_report import MOST_DIAGNOSTICS, read_fork_report

PLACE = {"file": "shops/kyoto-tea.yaml", "line": 9, "column": 3, "end_column": 9}


def report(*diagnostics: object, **more: object) -> bytes:
    return json.dumps({"format": "reconciler/validation", "version": 2, "diagnostics": diagnostics} | more).encode()


def test_a_code_and_its_place_are_taken_over() -> None:
    entry = {
        "code": "M101",
        "severity": "note",
        "summary": "@everyone ::error::",
        "hint": "<script>",
        "location": PLACE,
    }
    [found] = read_fork_report(report(entry)) or ()
    assert (found.code, found.summary, found.hint) == (codes.UNKNOWN_KEY, codes.UNKNOWN_KEY.title, None)
    assert found.severity is codes.UNKNOWN_KEY.severity
    assert str(found.origin) == "shops/kyoto-tea.yaml:9:3"


@pytest.mark.parametrize(
    "entry",
    [None, 1, [], {}, {"code": "X999"}, {"code": ["M101"]}, {"summary": "M101"}],
)
def test_what_has_no_code_of_ours_is_omitted(entry: object) -> None:
    assert read_fork_report(report(entry)) == ()


@pytest.mark.parametrize(
    "location",
    [None, "x", {"file": 1}, {"file": "a\nb", "line": 1}, {"file": "\x1b[2J"}, {"file": "x" * 201}, {"line": 3}],
)
def test_a_place_of_the_wrong_form_is_omitted(location: object) -> None:
    [found] = read_fork_report(report({"code": "M101", "location": location})) or ()
    assert found.origin is None


@pytest.mark.parametrize("number", [0, -1, True, 1e9, "7", None, 10**12])
def test_a_line_that_no_file_has_is_the_first(number: object) -> None:
    [found] = read_fork_report(report({"code": "M101", "location": PLACE | {"line": number}})) or ()
    assert found.origin is not None
    assert found.origin.line == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'"text"',
        b'{"format": "reconciler/plan", "diagnostics": []}',
        b'{"format": "reconciler/validation"}',
        b'{"format": "reconciler/validation", "diagnostics": {}}',
        b'{"format": "reconciler/validation", "format": "x", "diagnostics": []}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_another_document_is_refused(data: bytes) -> None:
    assert read_fork_report(data) is None


def test_the_number_of_diagnostics_is_limited() -> None:
    entries = [{"code": "M101", "location": PLACE | {"line": line}} for line in range(1, 1000)]
    assert len(read_fork_report(report(*entries)) or ()) == MOST_DIAGNOSTICS


KEYS = st.sampled_from(["code", "location", "file", "line", "diagnostics", "format"])
ENTRIES = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)
)


@given(st.binary(max_size=100) | ENTRIES.map(report))
def test_no_bytes_raise(data: bytes) -> None:
    found = read_fork_report(data)
    assert found is None or all(each.summary == each.code.title for each in found)
