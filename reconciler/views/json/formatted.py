"""What a formatting did, as a JSON document: `reconciler/formatting`."""

from __future__ import annotations

from reconciler.core.model.canonical import Json
from reconciler.core.results.authoring import Formatted
from reconciler.views.file_diff import diff_of
from reconciler.views.json.parts import findings, head, text_of


def formatted_json(formatted: Formatted) -> str:
    files: list[Json] = [{"file": news.file, "diff": diff_of(news)} for news in formatted.files]
    document: dict[str, Json] = {
        **head("formatting"),
        "check": formatted.check,
        "files": files,
        "fine": formatted.fine,
        "diagnostics": findings(formatted.findings),
    }
    return text_of(document)
