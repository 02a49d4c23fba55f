"""Each JSON Schema by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Each JSON Schema by its name: what `reconciler schema NAME` prints and `schemas/` holds."""
    from reconciler.adapters.manifests.documents.attestations import attestations_schema
    from reconciler.adapters.manifests.documents.json_schema import shared_schema, shop_schema
    from reconciler.adapters.manifests.documents.ledger import ledger_schema
    from reconciler.adapters.settings.alert_documents import alerts_schema
    from reconciler.adapters.settings.json_schema import settings_schema
    from reconciler.core.documents.event_codec import event_schema
    from reconciler.core.documents.saved_plan import saved_plan_schema
    from reconciler.views.json.schema import DOCUMENTS, alert_event_schema, document_schema

    return {
        "saved-plan": saved_plan_schema,
        "run-event": event_schema,
        "shop": shop_schema,
        "shared": shared_schema,
        "settings": settings_schema,
        "accepted-drift": ledger_schema,
        "attestations": attestations_schema,
        "alerts": alerts_schema,
        "alert-event": alert_event_schema,
        **{name: partial(document_schema, name) for name in DOCUMENTS},
    }
