"""What a validation found, as a JSON document: `reconciler/validation`; and a command that could not go on: `reconciler/failure`.

In: valid shops, broken files, findings. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import Json
from reconciler.core.values import ShopKey
from reconciler.views.json.parts import diagnostics_json, document_head, document_text


def validation_json(valid: Sequence[ShopKey], broken: Sequence[str], diagnostics: Sequence[Diagnostic]) -> str:
    document: dict[str, Json] = {
        **document_head("validation"),
        "valid": [str(shop) for shop in valid],
        "broken": list(broken),
        "diagnostics": diagnostics_json(diagnostics),
    }
    return document_text(document)


def failure_json(diagnostics: Sequence[Diagnostic]) -> str:
    return document_text({**document_head("failure"), "diagnostics": diagnostics_json(diagnostics)})
