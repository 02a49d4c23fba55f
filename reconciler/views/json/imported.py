"""An import as a JSON document: `reconciler/import`.

In: an import. Out: text. How a file would change stands beside it where nothing was written.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.model.canonical import Json
from reconciler.core.results.authoring import FileNews, Imported
from reconciler.views.file_diff import diff_of
from reconciler.views.json.parts import Request, findings, head, requests, text_of


def imported_json(imported: Imported, log: Iterable[Request] | None = None) -> str:
    new = sum(news.is_new for news in imported.files)
    summary: dict[str, Json] = {
        "shops": len(imported.shops),
        "created": new,
        "changed": len(imported.files) - new,
        "secrets": len(imported.secrets),
        "unproven": len(imported.unproven),
    }
    document: dict[str, Json] = {
        **head("import"),
        "check": imported.check,
        "proven": None if imported.proof is None else imported.proof.holds,
        "summary": summary,
        "diagnostics": findings(imported.all_findings),
        "shops": [str(shop) for shop in imported.shops],
        "files": [_file(news, check=imported.check) for news in imported.files],
        "secrets": [
            {"shop": str(shop), "reference": reference, "provided": _provided(imported, str(shop))}
            for shop, reference in imported.secrets
        ],
        **requests(log),
    }
    return text_of(document)


def _file(news: FileNews, *, check: bool) -> Json:
    return {
        "file": news.file,
        "action": "create" if news.is_new else "change",
        "diff": diff_of(news) if check else None,
    }


def _provided(imported: Imported, shop: str) -> bool | None:
    """Not asked where nothing was proven."""
    return None if imported.proof is None else shop not in imported.unproven
