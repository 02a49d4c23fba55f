"""What a validation found, as a JSON document: `reconciler/validation`; and a command that could not go on: `reconciler/failure`.

In: valid shops, broken files, findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import Json
from reconciler.core.values import ShopKey
from reconciler.views.json.parts import document_head, findings, text_of


def validation_json(valid: Sequence[ShopKey], broken: Sequence[str], diagnostics: Sequence[Diagnostic]) -> str:
    document: dict[str, Json] = {
        **document_head("validation"),
        "valid": [str(shop) for shop in valid],
        "broken": list(broken),
        "diagnostics": findings(diagnostics),
    }
    return text_of(document)


def failure_json(diagnostics: Sequence[Diagnostic]) -> str:
    return text_of({**document_head("failure"), "diagnostics": findings(diagnostics)})
