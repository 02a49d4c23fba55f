"""An onboarding as Markdown: the count, what is wrong, a table of the shops, and how each file would change."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Onboarded
from reconciler.views.look import Look
from reconciler.views.markdown.formatted import file_fold
from reconciler.views.markdown.parts import code, escaped, finding_items, table
from reconciler.views.onboarding import SIGNS, lacks, onboarded_sum, worth_telling
from reconciler.views.page import page


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
