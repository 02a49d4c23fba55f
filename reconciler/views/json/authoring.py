"""An import as a JSON document: `reconciler/import`.

In: an import. Out: text. How a file would change stands beside it where nothing was written.

An onboarding as a JSON document: `reconciler/onboarding`.

What a formatting did, as a JSON document: `reconciler/formatting`.

A new manifest, as a JSON document: `reconciler/begun`.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.model.canonical import Json
from reconciler.core.results.authoring import (
    FileAction,
    FileEdit,
    FormatResult,
    ImportResult,
    NewManifestResult,
    OnboardResult,
    OnboardRowResult,
)
from reconciler.views.common.file_diff import diff_of
from reconciler.views.json.parts import Request, diagnostics_json, document_head, document_text, request_log


def import_json(imported: ImportResult, log: Iterable[Request] | None = None) -> str:
    new = sum(news.is_new for news in imported.files)
    summary: dict[str, Json] = {
        "shops": len(imported.shops),
        "created": new,
        "changed": len(imported.files) - new,
        "secrets": len(imported.secrets),
        "unproven": len(imported.unproven),
    }
    document: dict[str, Json] = {
        **document_head("import"),
        "check": imported.check,
        "proven": None if imported.proof is None else imported.proof.holds,
        "summary": summary,
        "diagnostics": diagnostics_json(imported.all_diagnostics),
        "shops": [str(shop) for shop in imported.shops],
        "files": [_file(news, check=imported.check) for news in imported.files],
        "secrets": [
            {"shop": str(shop), "reference": reference, "provided": _provided(imported, str(shop))}
            for shop, reference in imported.secrets
        ],
        **request_log(log),
    }
    return document_text(document)


def _file(news: FileEdit, *, check: bool) -> Json:
    return {
        "file": news.file,
        "action": "create" if news.is_new else "change",
        "diff": diff_of(news) if check else None,
    }


def _provided(imported: ImportResult, shop: str) -> bool | None:
    """Not asked where nothing was proven."""
    return None if imported.proof is None else shop not in imported.unproven


def onboard_json(onboarded: OnboardResult, log: list[Request] | None = None) -> str:
    files: list[Json] = [{"file": news.file, "diff": diff_of(news)} for news in onboarded.news]
    document: dict[str, Json] = {
        **document_head("onboarding"),
        "check": onboarded.check,
        "asked": onboarded.asked,
        "summary": {
            "rows": onboarded.count,
            **{does.value: onboarded.counted(does) for does in FileAction},
            "lacking": sum(bool(row.lacks) for row in onboarded.rows),
        },
        "rows": [_row(row) for row in onboarded.rows],
        "files": files,
        "diagnostics": diagnostics_json(onboarded.diagnostics),
        **request_log(log),
    }
    return document_text(document)


def _row(row: OnboardRowResult) -> Json:
    return {
        "line": row.line,
        "shop": str(row.shop),
        "file": row.file,
        "does": row.does.value,
        "owners": list(row.owners),
        "lacks": diagnostics_json(row.lacks),
    }


def fmt_json(formatted: FormatResult) -> str:
    files: list[Json] = [{"file": news.file, "diff": diff_of(news)} for news in formatted.files]
    document: dict[str, Json] = {
        **document_head("formatting"),
        "check": formatted.check,
        "files": files,
        "fine": formatted.unchanged,
        "diagnostics": diagnostics_json(formatted.diagnostics),
    }
    return document_text(document)


def new_json(begun: NewManifestResult) -> str:
    """`file` is null where nothing was written."""
    document: dict[str, Json] = {
        **document_head("begun"),
        "shop": str(begun.shop),
        "file": None if begun.news is None else begun.news.file,
        "diagnostics": diagnostics_json(begun.diagnostics),
    }
    return document_text(document)
