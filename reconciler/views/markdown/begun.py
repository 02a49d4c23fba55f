"""A new manifest, as Markdown: where it is, and what is to be filled in."""

from __future__ import annotations

from reconciler.core.results.authoring import Begun
from reconciler.views.look import Look
from reconciler.views.markdown.parts import escaped, finding_items
from reconciler.views.page import page
from reconciler.views.sums import begun_sum


def begun_markdown(begun: Begun, look: Look) -> str:
    head = [] if begun.news is None else [f"### {escaped(begun_sum(begun, look))}", ""]
    return page([*head, *finding_items(begun.findings, look)])
