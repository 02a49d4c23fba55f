"""An onboarding as a JSON document: `reconciler/onboarding`."""

from __future__ import annotations

from reconciler.core.model.canonical import Json
from reconciler.core.results.authoring import Does, Onboarded, OnboardedRow
from reconciler.views.file_diff import diff_of
from reconciler.views.json.parts import Request, findings, head, requests, text_of


def onboarded_json(onboarded: Onboarded, log: list[Request] | None = None) -> str:
    files: list[Json] = [{"file": news.file, "diff": diff_of(news)} for news in onboarded.news]
    document: dict[str, Json] = {
        **head("onboarding"),
        "check": onboarded.check,
        "asked": onboarded.asked,
        "summary": {
            "rows": onboarded.count,
            **{does.value: onboarded.counted(does) for does in Does},
            "lacking": sum(bool(row.lacks) for row in onboarded.rows),
        },
        "rows": [_row(row) for row in onboarded.rows],
        "files": files,
        "diagnostics": findings(onboarded.findings),
        **requests(log),
    }
    return text_of(document)


def _row(row: OnboardedRow) -> Json:
    return {
        "line": row.line,
        "shop": str(row.shop),
        "file": row.file,
        "does": row.does.value,
        "owners": list(row.owners),
        "lacks": findings(row.lacks),
    }
