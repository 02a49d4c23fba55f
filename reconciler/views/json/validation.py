"""What a validation found, as a JSON document: `reconciler/validation`; and a command that could not go on: `reconciler/failure`.

In: valid shops, broken files, findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typing_extensions import TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import ShopKey
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json


class ValidationJson(TypedDict):
    """`valid` names shops, `broken` files."""

    valid: list[str]
    broken: list[str]
    diagnostics: list[DiagnosticJson]


class FailureJson(TypedDict):
    """What any command writes in place of its document where it could not continue."""

    diagnostics: list[DiagnosticJson]


VALIDATION: Final = DocumentType(name="validation", body=ValidationJson)
FAILURE: Final = DocumentType(name="failure", body=FailureJson)


def validation_json(
    valid: Sequence[ShopKey],
    broken: Sequence[str],
    diagnostics: Sequence[Diagnostic],
    head: DocumentHead = EMPTY_HEAD,
) -> str:
    return VALIDATION.text(
        {
            "valid": [str(shop) for shop in valid],
            "broken": list(broken),
            "diagnostics": diagnostics_json(diagnostics),
        },
        head,
    )


def failure_json(diagnostics: Sequence[Diagnostic], head: DocumentHead = EMPTY_HEAD) -> str:
    return FAILURE.text({"diagnostics": diagnostics_json(diagnostics)}, head)
