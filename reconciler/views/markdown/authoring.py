"""An import as Markdown, for a pull request.

In: an import and a look. Out: text.

What a formatting did, as Markdown: the count, then each file with how it changes, folded.

An onboarding as Markdown: the count, what is wrong, a table of the shops, and how each file would change.

A new manifest, as Markdown: where it is, and what is to be filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Begun, FileNews, Formatted, Imported, Onboarded
from reconciler.views.common.context import Look, page
from reconciler.views.common.display_width import visible
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.onboarding import SIGNS, lacks, onboarded_sum, worth_telling
from reconciler.views.common.summaries import begun_sum, files_sum, formatted_sum, proof_sum, secrets_sum
from reconciler.views.markdown.parts import code, escaped, finding_items, fold, table


def imported_markdown(imported: Imported, look: Look) -> str:
    return page(_lines(imported, look))


def _lines(imported: Imported, look: Look) -> Iterator[str]:
    yield f"### {escaped(files_sum(imported, look))}"
    yield ""
    if imported.proof is not None:
        yield escaped(proof_sum(imported.proof, look))
        yield ""
    yield from finding_items(imported.all_findings, look)
    if imported.files:
        yield ""
        yield from fold(escaped(look.tell(say("Files"))), _files(imported))
    if imported.secrets:
        yield ""
        yield from fold(escaped(secrets_sum(imported, look)), _secrets(imported, look))


def _files(imported: Imported) -> Iterator[str]:
    for news in imported.files:
        sign = "+" if news.is_new else "~"
        yield f"- {code(f'{sign} {news.file}')}"
        if imported.check:
            yield from ("", "````diff", diff_of(news).rstrip("\n"), "````", "")


def _secrets(imported: Imported, look: Look) -> Iterator[str]:
    header = (look.tell(say("Shop")), look.tell(say("Reference")))
    yield from table(header, ([escaped(shop), code(reference)] for shop, reference in imported.secrets))


_FENCE: Final = "````"
"""No line of a manifest can end it: a text that holds such a line stands indented below its key."""


def formatted_markdown(formatted: Formatted, look: Look) -> str:
    lines = [line for news in formatted.files for line in (*file_fold(news), "")]
    total = escaped(formatted_sum(formatted, look))
    return page([f"### {total}", "", *lines, *finding_items(formatted.findings, look)])


def file_fold(news: FileNews) -> Iterator[str]:
    lines = map(visible, diff_of(news).removesuffix("\n").split("\n"))
    yield from fold(code(news.file), (f"{_FENCE}diff", *lines, _FENCE))


def onboarded_markdown(onboarded: Onboarded, look: Look) -> str:
    files = [line for news in onboarded.news for line in (*file_fold(news), "")]
    head = (f"### {escaped(onboarded_sum(onboarded, look))}", "")
    return page([*head, *finding_items(onboarded.findings, look), *_rows(onboarded, look), *files])


def _rows(onboarded: Onboarded, look: Look) -> Iterator[str]:
    header = ("", look.tell(say("Shop")), look.tell(say("File")), look.tell(say("Lacks")))
    rows = [
        (SIGNS[row.does].strip(), code(row.shop), code(row.file), escaped(lacks(row, look)))
        for row in worth_telling(onboarded)
    ]
    if rows:
        yield from (*table(header, rows), "")


def begun_markdown(begun: Begun, look: Look) -> str:
    head = [] if begun.news is None else [f"### {escaped(begun_sum(begun, look))}", ""]
    return page([*head, *finding_items(begun.findings, look)])
