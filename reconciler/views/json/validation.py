"""What a validation found, as a JSON document: `reconciler/validation`; and a command that could not go on: `reconciler/failure`.

In: valid shops, broken files, findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.results.fixes import FixedFile, FixKind
from reconciler.core.results.validation_result import ValidationResult
from reconciler.views.common.file_diff import diff_of
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, OriginJson, diagnostics_json, origin_json
from reconciler.views.json.shapes import one_of


class FixJson(TypedDict):
    """The text at a place of a file, and its replacement. `kind` names the reason."""

    location: OriginJson
    kind: Annotated[str, one_of(FixKind)]
    before: str
    after: str


class FixedFileJson(TypedDict):
    """`diff` is null where the file was written. What may be a secret is not in it."""

    file: str
    fixes: list[FixJson]
    diff: str | None


class ValidationJson(TypedDict):
    """`valid` names shops, `broken` files. `fixed` is there with `--fix`."""

    valid: list[str]
    broken: list[str]
    diagnostics: list[DiagnosticJson]
    fixed: NotRequired[list[FixedFileJson]]


class FailureJson(TypedDict):
    """What any command writes in place of its document where it could not continue."""

    diagnostics: list[DiagnosticJson]


VALIDATION: Final = DocumentType(name="validation", body=ValidationJson)
FAILURE: Final = DocumentType(name="failure", body=FailureJson)


def validation_json(result: ValidationResult, head: DocumentHead = EMPTY_HEAD) -> str:
    document: ValidationJson = {
        "valid": [str(shop) for shop in result.valid],
        "broken": list(result.broken),
        "diagnostics": diagnostics_json(result.diagnostics, head.sources),
    }
    if result.fixed is not None:
        document["fixed"] = [_fixed_file(file, check=result.check) for file in result.fixed]
    return VALIDATION.text(document, head)


def _fixed_file(file: FixedFile, *, check: bool) -> FixedFileJson:
    fixes: list[FixJson] = [
        {
            "location": origin_json(fix.origin),
            "kind": fix.kind.value,
            "before": fix.before,
            "after": fix.after,
        }
        for fix in file.fixes
    ]
    return {"file": file.edit.file, "fixes": fixes, "diff": diff_of(file.edit) if check else None}


def failure_json(diagnostics: Sequence[Diagnostic], head: DocumentHead = EMPTY_HEAD) -> str:
    return FAILURE.text({"diagnostics": diagnostics_json(diagnostics, head.sources)}, head)
