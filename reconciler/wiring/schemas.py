"""Each JSON Schema by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Each JSON Schema by its name: what `reconciler schema NAME` prints and `schemas/` holds."""
    from reconciler.adapters.manifests.schema import settings_schema, shared_schema, shop_schema
    from reconciler.core.plan_schema import saved_plan_schema
    from reconciler.views.schema import drift_schema, plan_schema, report_schema

    return {
        "saved-plan": saved_plan_schema,
        "shop": shop_schema,
        "shared": shared_schema,
        "settings": settings_schema,
        "plan": plan_schema,
        "report": report_schema,
        "drift": drift_schema,
    }
