"""The order of an apply in waves, kept until it has come to its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.adapters.settings.settings import Settings
from reconciler.core.planning.plan import Plan
from reconciler.wiring.plans import save_plan

if TYPE_CHECKING:
    from reconciler.adapters.files.saved_rollout import StandingOrder


def keep_order(
    settings: Settings, run: str, plan: Plan, allowed: tuple[tuple[str, str], ...], pacing: dict[str, Any]
) -> None:
    """Raises Unusable."""
    from reconciler.adapters.files import saved_rollout as standing_order

    folder = _folder(settings)
    standing_order.forget(folder)  # the words of one order never stand beside the plan of another
    save_plan(settings, standing_order.plan_file(folder), plan, allowed)
    standing_order.keep(folder, run, pacing)


def kept_order(settings: Settings) -> StandingOrder | None:
    """Raises Unusable."""
    from reconciler.adapters.files import saved_rollout as standing_order

    return standing_order.kept(_folder(settings))


def forget_order(settings: Settings) -> None:
    from reconciler.adapters.files import saved_rollout as standing_order

    standing_order.forget(_folder(settings))


def _folder(settings: Settings) -> Path:
    return settings.root / ".reconciler" / "waves"
