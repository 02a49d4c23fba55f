"""A new manifest, as a JSON document: `reconciler/begun`."""

from __future__ import annotations

from reconciler.core.model.canonical import Json
from reconciler.core.results.authoring import Begun
from reconciler.views.json.parts import findings, head, text_of


def begun_json(begun: Begun) -> str:
    """`file` is null where nothing was written."""
    document: dict[str, Json] = {
        **head("begun"),
        "shop": str(begun.shop),
        "file": None if begun.news is None else begun.news.file,
        "diagnostics": findings(begun.findings),
    }
    return text_of(document)
