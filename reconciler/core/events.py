"""What happens while a plan is applied, as values: the journal keeps them, progress shows them, the report folds them."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.state import FieldRef
from reconciler.core.values import Scalar, ShopKey, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    fingerprint: str
    shops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopStarted:
    shop: ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """The intent: recorded before the request leaves. `key` names the write (its Idempotency-Key)."""

    shop: ShopKey
    step: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """The outcome: acknowledged. `version` is the kind's new one, `request_id` the backend's."""

    shop: ShopKey
    step: int
    version: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed:
    """`happened` as in ports: False certainly not, None not known."""

    shop: ShopKey
    step: int
    why: Diagnostic
    happened: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionMissed:
    """Read back, `ref` holds `found` where `predicted` was expected."""

    shop: ShopKey
    ref: FieldRef
    predicted: Scalar
    found: Scalar | Unset
    why: Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopReopened:
    """After a failure inside the bracket: the shop was put back as it was."""

    shop: ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenFailed:
    """The loudest line of a report: the shop stands closed and was open."""

    shop: ShopKey
    why: Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopVerified:
    """Read back, every predicted value stands."""

    shop: ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSkipped:
    """Not attempted: refused, or the run ended first."""

    shop: ShopKey
    why: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFinished:
    shop: ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    interrupted: bool = False


Event = (
    RunStarted
    | ShopStarted
    | StepStarted
    | StepDone
    | StepFailed
    | PredictionMissed
    | ShopReopened
    | ReopenFailed
    | ShopVerified
    | ShopSkipped
    | ShopFinished
    | RunFinished
)
