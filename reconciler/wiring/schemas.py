"""Each JSON Schema by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Each JSON Schema by its name: what `reconciler schema NAME` prints and `schemas/` holds."""
    from reconciler.adapters.manifests.documents.json_schema import shared_schema, shop_schema
    from reconciler.adapters.settings.json_schema import settings_schema
    from reconciler.core.documents.event_codec import event_schema
    from reconciler.core.documents.saved_plan import saved_plan_schema
    from reconciler.views.schemas.results import (
        begun_schema,
        drift_schema,
        failure_schema,
        formatting_schema,
        import_schema,
        observed_schema,
        onboarding_schema,
        plan_schema,
        report_schema,
        validation_schema,
    )
    from reconciler.views.schemas.runs import history_schema, history_steps_schema, leases_schema, resume_schema
    from reconciler.views.schemas.tables import (
        import_mapping_schema,
        notification_counts_schema,
        notification_schema,
        notifications_schema,
        onboarding_columns_schema,
        polled_schema,
        refused_notifications_schema,
        simulated_schema,
    )

    return {
        "saved-plan": saved_plan_schema,
        "run-event": event_schema,
        "shop": shop_schema,
        "shared": shared_schema,
        "settings": settings_schema,
        "plan": plan_schema,
        "report": report_schema,
        "drift": drift_schema,
        "import": import_schema,
        "validation": validation_schema,
        "observed": observed_schema,
        "failure": failure_schema,
        "formatting": formatting_schema,
        "begun": begun_schema,
        "onboarding": onboarding_schema,
        "history": history_schema,
        "history-steps": history_steps_schema,
        "leases": leases_schema,
        "resume": resume_schema,
        "notifications": notifications_schema,
        "notification": notification_schema,
        "notification-counts": notification_counts_schema,
        "refused-notifications": refused_notifications_schema,
        "polled": polled_schema,
        "simulated": simulated_schema,
        "import-mapping": import_mapping_schema,
        "onboarding-columns": onboarding_columns_schema,
    }
