"""A secret is not shown, whatever file it is in, however its key is misspelt, and wherever a diagnostic points."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.fixer import fix_file
from reconciler.adapters.manifests.excerpts.file_excerpts import FileExcerpts
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin
from tests.support.manifest_strategies import manifests

SECRET = "hunter2"
KEYS = (
    "mws_auth_token",
    "mws_auth_tokn",
    "mws-auth-token",
    "MWSAuthToken",
    "tokne",
    "sekret",
    "pasword",
    "トークン",
    "auth",
)
VALUES = (
    SECRET,
    f"'{SECRET}'",
    f'"{SECRET}"',
    f'"{SECRET}',
    f"[{SECRET}]",
    f"{{a: {SECRET}}}",
    f"|\n          {SECRET}\n          more",
    f"\n          {SECRET}",
    f"\n          a: {SECRET}",
    f">-\n          one\n          {SECRET}",
    f"&a {SECRET}",
    f"!x {SECRET}",
)


@st.composite
def with_secret(draw: st.DrawFn) -> str:
    """A manifest that holds a secret at the key of one, or at a misspelt one; perhaps not YAML any more."""
    text = draw(manifests())[0]
    entry = f"{draw(st.sampled_from(KEYS))}: {draw(st.sampled_from(VALUES))}"
    found = re.search(r"[\"']?mws_auth_token[\"']?\s*:\s*(?:[\"']?pre-set[\"']?)", text)
    if found is not None:
        before, after = text[: found.start()], text[found.end() :]
    else:
        lines = text.splitlines(keepends=True) or ["\n"]
        at = draw(st.integers(0, len(lines) - 1))
        indent = " " * (len(lines[at]) - len(lines[at].lstrip(" ")))
        before, after = f"{''.join(lines[:at])}{indent}", f"\n{''.join(lines[at:])}"
    return f"{draw(damaged(before))}{entry}{draw(damaged(after))}"


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Often as it was, else with a sign that means something in another place."""
    if not text or draw(st.integers(0, 2)):
        return text
    at = draw(st.integers(0, len(text) - 1))
    return (
        text[:at] + draw(st.sampled_from(("", ":", "'", '"', "\t", "{", "}", "[", "- ", "*a ", "\n"))) + text[at + 1 :]
    )


@given(with_secret())
def test_no_place_of_a_file_shows_a_secret(text: str) -> None:
    excerpts = FileExcerpts(text.encode(), "f.yaml", ShopDocument)
    lines = text.splitlines()
    places = [Origin("f.yaml", line, at + 1) for line, of in enumerate(lines, start=1) for at in range(len(of) + 1)]
    shown = excerpts.lines_for(diagnostic(codes.NOT_YAML, msg("x"), origin=place) for place in places)
    assert [line.text for line in shown.values() if SECRET in line.text] == []
    assert SECRET not in excerpts.shown_text()


@given(with_secret())
def test_no_line_with_a_secret_is_fixed(text: str) -> None:
    before = text.encode()
    after, fixes = fix_file(before, "f.yaml", ShopDocument)
    lines = before.splitlines()
    assert [fix for fix in fixes if SECRET.encode() in lines[fix.origin.line - 1]] == []
    assert after.count(SECRET.encode()) == before.count(SECRET.encode())
