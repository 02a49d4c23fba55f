"""No text from outside is obeyed or becomes markup, in any output: a law over every format."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.views.common.context import RenderContext
from reconciler.views.common.log_commands import harmless_json, harmless_lines, harmless_xml
from reconciler.views.formats.registry import FORMATS
from reconciler.views.i18n import LANGUAGES, language
from reconciler.views.render import render_aside, render_result
from tests.views.reports.readers import log_commands
from tests.views.reports.results import RESULTS, hostile_results

PIECES = [
    "::error file=a::b", "\n::set-output name=a::b", "\r\n  ::stop-commands::x", "\u2028::warning::x", "\u3000::notice::",
    "##[error]x", "###[group]", "##vso[task.setvariable variable=a]b", "##teamcity[x]", "%0A::error::x",
    "\x1b[31m", "\x1b]8;;http://evil.example\x07x", "\x9b2J", "\u202egnp", "\u2066x", "\u200b", "\x00", "\ue000",
    "@everyone", "#12", "GH-1", "[a](http://evil.example)", "[b](1)", "<http://evil.example>", "www.evil.example",
    "<script>alert(1)</script>", "<!-- reconciler -->", "</details>", "]]>", "&amp;", "```", "`", "|", "\\", "{0}", "%", ",", ":",
    "店舗", " ", "x",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), min_size=1, max_size=5).map("".join)
ORDER = {"error": 0, "warning": 1, "notice": 2}


@given(TEXTS, st.sampled_from(LANGUAGES))
@example("::error::x", "en")
@example("\n##[error]x\n::add-mask::y", "ja")
def test_no_output_holds_a_command_or_steers_a_terminal(text: str, code: str) -> None:
    context = RenderContext(language=language(code))
    for output in FORMATS:
        for result in hostile_results(text):
            page = render_aside(result, output, context) + render_result(result, output, context)
            assert all(character.isprintable() or character in "\n\u3000" for character in page), output
            commands = log_commands(page)
            if output == "github":
                assert {command.name for command in commands} <= set(ORDER)
                assert len(commands) == len(page.splitlines())
                assert all(set(one.properties) <= {"file", "line", "col", "endColumn", "title"} for one in commands)
            else:
                assert commands == [], output


@given(TEXTS)
def test_documents_hold_the_value_itself(text: str) -> None:
    document = json.loads(harmless_json(json.dumps({"value": text}, ensure_ascii=False)))
    assert document == {"value": text}


@given(TEXTS)
def test_markdown_has_no_link_and_no_html(text: str) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    for result in hostile_results(text):
        page = render_result(result, "markdown", RenderContext(language=language("en")))
        tokens = [token for block in parser.parse(page) for token in (block, *(block.children or ()))]
        html = {token.content for token in tokens if token.type in {"html_inline", "html_block"}}
        assert not any(token.type in {"link_open", "image"} for token in tokens)
        assert not any("script" in one or "<!-- reconciler -->" in one for one in html)


@pytest.mark.parametrize("output", [each for each in FORMATS if each != "github"])
def test_ordinary_results_are_written_as_they_are(output: str) -> None:
    context = RenderContext(language=language("en"))
    for result in RESULTS.values():
        assert log_commands(render_result(result, output, context)) == []


@pytest.mark.parametrize(
    ("text", "lines", "xml"),
    [
        ("::error::x", r"\x3a:error::x", "&#58;:error::x"),
        ("a\n \t::x", "a\n \t\\x3a:x", "a\n \t&#58;:x"),
        ("\x1b[31m::x", "\x1b[31m\\x3a:x", "\x1b[31m&#58;:x"),
        ("a ::b", "a ::b", "a ::b"),
        ("x ##[error]", r"x #\x23[error]", "x #&#35;[error]"),
        ("###[x] ##[", r"##\x23[x] #\x23[", "##&#35;[x] #&#35;["),
        ("## heading [a]", "## heading [a]", "## heading [a]"),
        ("\n\n\n::a", "\n\n\n\\x3a:a", "\n\n\n&#58;:a"),
    ],
)
def test_an_escape_shows_what_was_there(text: str, lines: str, xml: str) -> None:
    assert (harmless_lines(text), harmless_xml(text)) == (lines, xml)
    assert harmless_lines(lines) == lines
    assert log_commands(lines) == log_commands(xml) == []
