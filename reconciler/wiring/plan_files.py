"""Plans as files, and the rollout that is not finished."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.model.canonical import DigestKey
from reconciler.core.planning.plan import Plan
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports.files.plan_files import Allowances, PlanKeyRing, SavedRollout
from reconciler.wiring.runtime import clock, digest_key, relative_path

if TYPE_CHECKING:
    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.documents.saved_plan import SavedPlan


@frozen(kw_only=False)
class ConfiguredPlanKeys:
    """Implements ports.files.plan_files.PlanKeys below the folder of the settings."""

    settings: Settings

    def load(self) -> PlanKeyRing | None:
        from reconciler.adapters.files.plan_files import KEY_VARIABLE
        from reconciler.adapters.files.plan_key import load_key, shared_key

        shared = shared_key()
        if shared is not None:
            return _ring(shared, KEY_VARIABLE, from_variable=True)
        key = load_key(self.settings.root)
        return None if key is None else self._in_file(key)

    def create(self) -> PlanKeyRing | None:
        from reconciler.adapters.files.plan_key import create_key

        key = create_key(self.settings.root)
        return None if key is None else self._in_file(key)

    def rotate(self) -> PlanKeyRing:
        from reconciler.adapters.files.plan_key import rotate_key

        return self._in_file(rotate_key(self.settings.root))

    def _in_file(self, key: DigestKey) -> PlanKeyRing:
        from reconciler.adapters.files.plan_key import key_path

        return _ring(key, relative_path(key_path(self.settings.root)))


def _ring(key: DigestKey, place: str, *, from_variable: bool = False) -> PlanKeyRing:
    from reconciler.adapters.files.plan_files import KEY_VARIABLE

    ids = tuple(each.key_id for each in key.all_keys)
    return PlanKeyRing(key_ids=ids, place=place, variable=KEY_VARIABLE, from_variable=from_variable)


@frozen(kw_only=False)
class ConfiguredPlanFiles:
    """Implements ports.files.plan_files.PlanFiles below the folder of the settings."""

    settings: Settings

    def save(self, path: Path, plan: Plan, allowed: Allowances) -> None:
        save_plan(self.settings, path, plan, allowed)

    def load(self, path: Path) -> SavedPlan:
        return load_plan(path, digest_key(self.settings))

    def load_leaves(self, path: Path) -> Leaves:
        from reconciler.adapters.files.leaf_files import read_leaves

        return read_leaves(path)

    def save_undo(self, run: str, plan: Plan) -> str:
        from reconciler.adapters.files.saved_rollout import make_folder

        path = self.settings.root / ".reconciler" / "undo" / f"{run}.json"
        make_folder(path.parent)
        save_plan(self.settings, path, plan, ())
        return relative_path(path)

    def delete_undo(self, run: str) -> None:
        (self.settings.root / ".reconciler" / "undo" / f"{run}.json").unlink(missing_ok=True)

    def save_proposal(self, shop: ShopKey, plan: Plan) -> str:
        from reconciler.adapters.files.saved_rollout import make_folder

        path = self._proposal(shop)
        make_folder(path.parent)
        save_plan(self.settings, path, plan, ())
        return relative_path(path)

    def has_proposal(self, shop: ShopKey) -> bool:
        return self._proposal(shop).exists()

    def delete_proposal(self, shop: ShopKey) -> None:
        self._proposal(shop).unlink(missing_ok=True)

    def _proposal(self, shop: ShopKey) -> Path:
        return self.settings.root / ".reconciler" / "proposals" / f"{shop}.json"

    def save_rollout(
        self, run: str, plan: Plan, allowed: Allowances, pacing: Mapping[str, Any], reason: str | None = None
    ) -> None:
        save_rollout(self.settings, run, plan, allowed, dict(pacing), reason)

    def load_rollout(self) -> SavedRollout | None:
        return load_rollout(self.settings)

    def delete_rollout(self) -> None:
        delete_rollout(self.settings)


def save_plan(settings: Settings, path: Path, plan: Plan, allowed: tuple[tuple[str, str], ...]) -> None:
    """Raises SetupError."""
    from reconciler import __version__
    from reconciler.adapters.files.plan_files import write_plan
    from reconciler.adapters.run_info import commit, digests
    from reconciler.core.documents.saved_plan import PlanMetadata, SavedPlan

    made = PlanMetadata(
        tool=__version__,
        created=format_utc(clock().now()),
        environment=settings.environment.value,
        backend=redact(settings.backend.url or settings.backend.kind),
        fleet=fleet_id(settings),
        commit=commit(settings.root),
        manifests=digests(settings.root, plan.files),
        allowed=allowed,
    )
    write_plan(path, SavedPlan(plan=plan, metadata=made), digest_key(settings))


def fleet_id(settings: Settings) -> str:
    """Which of the fleets at its backend a plan is for; the same on every machine that is to apply it. Raises SetupError."""
    from reconciler.wiring.embedded import embedded_identity

    if settings.backend.kind == "embedded":
        return embedded_identity(settings)
    return redact(settings.backend.client_id or "")


def fleet_name(settings: Settings) -> str:
    """Of the fleet in reports: readable, fit for a path, and found without opening anything."""
    client = redact(settings.backend.client_id or settings.backend.kind)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{settings.environment.value}-{client}")


def load_plan(path: Path, key: DigestKey | None) -> SavedPlan:
    """Without the key only accidental edits are found. Raises SetupError."""
    from reconciler.adapters.files import plan_files

    return plan_files.read_plan(path, key)


def save_rollout(  # noqa: PLR0917  # a rollout as `PlanFiles.save_rollout` gives it
    settings: Settings, run: str, plan: Plan, allowed: Allowances, pacing: dict[str, Any], reason: str | None
) -> None:
    """Raises SetupError."""
    from reconciler.adapters.files import saved_rollout as standing_order

    folder = _folder(settings)
    file = standing_order.plan_file(folder)
    standing_order.delete(folder)  # the options of one rollout are never stored beside the plan of another
    save_plan(settings, file, plan, allowed)
    standing_order.save(folder, digest_key(settings), run, pacing, None if reason is None else redact(reason))


def load_rollout(settings: Settings) -> SavedRollout | None:
    """Raises SetupError."""
    from reconciler.adapters.files import saved_rollout as standing_order

    folder = _folder(settings)
    return standing_order.load(folder, digest_key(settings)) if standing_order.is_saved(folder) else None


def delete_rollout(settings: Settings) -> None:
    from reconciler.adapters.files import saved_rollout as standing_order

    standing_order.delete(_folder(settings))


def _folder(settings: Settings) -> Path:
    return settings.root / ".reconciler" / "waves"
