"""An import as Markdown, for a pull request.

In: an import and a look. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Imported
from reconciler.views.file_diff import diff_of
from reconciler.views.import_sums import files_sum, proof_sum, secrets_sum
from reconciler.views.look import Look
from reconciler.views.markdown.parts import code, escaped, finding_items, fold, table
from reconciler.views.page import page


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
