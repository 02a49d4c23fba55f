"""The JSON Schema (2020-12) of each document, derived from the type that its builder returns.

In: the type of a document. Out: the schema. It imports pydantic, which takes long to load: import it only where a
schema is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from reconciler.views.json.alert_event import AlertEvent
from reconciler.views.json.alert_rows import ALERT_TABLES
from reconciler.views.json.authoring import FORMATTING, IMPORT, NEW_MANIFEST, ONBOARDING, SHARDING
from reconciler.views.json.conformance import CONFORMANCE
from reconciler.views.json.document import DocumentType, TableType
from reconciler.views.json.drift import DRIFT
from reconciler.views.json.finding_rows import FINDING_TABLES
from reconciler.views.json.fleet_run import FLEET_RUN
from reconciler.views.json.history import HISTORY, HISTORY_STEPS
from reconciler.views.json.mapping import IMPORT_MAPPING
from reconciler.views.json.observed import OBSERVED
from reconciler.views.json.onboarding.attestation_rows import ATTESTATION_TABLES
from reconciler.views.json.onboarding.offboarding import OFFBOARDING
from reconciler.views.json.onboarding.status import ONBOARDING_MAIL, ONBOARDING_STATUS
from reconciler.views.json.parts import whole_type
from reconciler.views.json.plan import PLAN
from reconciler.views.json.recovery import RECOVERY
from reconciler.views.json.report import REPORT
from reconciler.views.json.rows import TABLES
from reconciler.views.json.validation import FAILURE, VALIDATION

DOCUMENTS: Final[Mapping[str, DocumentType[Any] | TableType[Any]]] = {
    "plan": PLAN,
    "report": REPORT,
    "drift": DRIFT,
    "import": IMPORT,
    "import-mapping": IMPORT_MAPPING,
    "validation": VALIDATION,
    "observed": OBSERVED,
    "failure": FAILURE,
    "conformance": CONFORMANCE,
    "formatting": FORMATTING,
    "sharding": SHARDING,
    "new": NEW_MANIFEST,
    "onboarding": ONBOARDING,
    "onboarding-status": ONBOARDING_STATUS,
    "onboarding-mail": ONBOARDING_MAIL,
    "offboarding": OFFBOARDING,
    "history": HISTORY,
    "history-steps": HISTORY_STEPS,
    "resume": RECOVERY,
    "fleet-run": FLEET_RUN,
    **{table.name: table for table in (*TABLES, *FINDING_TABLES, *ALERT_TABLES, *ATTESTATION_TABLES)},
}
"""By the name of the schema."""


class _ClosedObjects(GenerateJsonSchema):
    """No key that is not described, no titles made from names, and keys in the order in which they are written."""

    def typed_dict_schema(self, schema: Any) -> JsonSchemaValue:
        described = super().typed_dict_schema(schema)
        described.pop("title", None)
        return {**described, "additionalProperties": False}

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        del parent_key
        return value


def document_schema(name: str) -> dict[str, Any]:
    document = DOCUMENTS[name]
    return _described(whole_type(document), document.name)


def alert_event_schema() -> dict[str, Any]:
    """Of what a webhook posts: no document of a command, so it has another head."""
    return _described(AlertEvent, "alert-event")


def _described(form: Any, name: str) -> dict[str, Any]:
    described = TypeAdapter(form).json_schema(schema_generator=_ClosedObjects)
    definitions = described.pop("$defs", {})
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": f"reconciler {name}",
        **described,
        "$defs": definitions,
    }
