"""What happens while a plan is applied, as values: the journal keeps them, progress shows them, the report folds them."""

from __future__ import annotations

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Scalar, SealedSecret, SecretDigest, ShopKey, Unset
from reconciler.lib.frozen_class import frozen

Seals = tuple[tuple[FieldRef, SealedSecret | SecretDigest], ...]
"""What the backend shows of secrets, field by field; read back from a journal, only its keyed digest is left."""


@frozen
class RunStarted:
    fingerprint: str
    shops: int


@frozen
class GuardOverride:
    """`guard` is the slug of what would have held `shop` (None: the run); `field` the dotted place in the manifest."""

    guard: str
    shop: ShopKey | None = None
    field: str | None = None


@frozen
class GuardsOverridden:
    """`given` is what the command line allowed, as `GUARD:PATTERN`; `overridden` what it let pass.
    `reason` is in the words of the person who allowed it.
    """

    given: tuple[str, ...]
    overridden: tuple[GuardOverride, ...] = ()
    reason: str | None = None


@frozen
class ShopStarted:
    shop: ShopKey


@frozen
class StepStarted:
    """The intent: recorded before the request leaves. `key` names the write (its Idempotency-Key)."""

    shop: ShopKey
    step: int
    key: str


@frozen
class StepDone:
    """The outcome: acknowledged. `version` is the kind's new one, `request_id` the backend's.

    `seals` are those of the secrets that the step wrote or read back. `closed_ms`: for how many milliseconds the shop was closed,
    where the step reopened it.
    """

    shop: ShopKey
    step: int
    version: str | None = None
    request_id: str | None = None
    seals: Seals = ()
    closed_ms: int | None = None


@frozen
class StepFailed:
    """`happened` as in ports: False certainly not, None not known."""

    shop: ShopKey
    step: int
    why: Diagnostic
    happened: bool | None


@frozen
class PredictionMissed:
    """Read back, `ref` holds `found` where `predicted` was expected."""

    shop: ShopKey
    ref: FieldRef
    predicted: Scalar
    found: Scalar | Unset
    why: Diagnostic


@frozen
class ShopReopened:
    """After a failure inside the bracket: the shop was put back as it was, `closed_ms` milliseconds after its closing. A recovery
    counts from the closing that another run asked for.
    """

    shop: ShopKey
    closed_ms: int | None = None


@frozen
class ClosureSuperseded:
    """The shop is not closed by this run any more, and was not reopened by it: another actor wrote its status since then.

    `by_run`: it was another run, so this does not settle what earlier runs left.
    """

    shop: ShopKey
    why: Diagnostic
    by_run: bool = False


@frozen
class ReopenFailed:
    """The most urgent line of a report: the shop is closed and was open."""

    shop: ShopKey
    why: Diagnostic


@frozen
class ShopVerified:
    """Every predicted value was read back."""

    shop: ShopKey


@frozen
class ShopInSync:
    """Nothing was to be written, and these values already matched: they count as applied from now on."""

    shop: ShopKey
    values: tuple[tuple[FieldRef, Scalar], ...]
    seals: Seals = ()


@frozen
class ShopSkipped:
    """Not attempted: refused, or the run ended first."""

    shop: ShopKey
    why: tuple[Diagnostic, ...]


@frozen
class ShopFinished:
    shop: ShopKey


@frozen
class WaveStarted:
    """`wave` counts from 1, of `waves`. `shops` are those in which something is to be written."""

    wave: int
    waves: int
    name: str
    shops: int


@frozen
class WaveSoaking:
    """All shops of the wave are done; it is read again after this many seconds."""

    wave: int
    seconds: int


@frozen
class WaveFinished:
    """The wave is over. With `why` the run halts here, and no further shop starts."""

    wave: int
    why: tuple[Diagnostic, ...] = ()


@frozen
class RunFinished:
    interrupted: bool = False


ShopEvent = (
    ShopStarted
    | StepStarted
    | StepDone
    | StepFailed
    | PredictionMissed
    | ShopReopened
    | ClosureSuperseded
    | ReopenFailed
    | ShopVerified
    | ShopInSync
    | ShopSkipped
    | ShopFinished
)
RunEvent = RunStarted | GuardsOverridden | WaveStarted | WaveSoaking | WaveFinished | RunFinished
"""About no one shop."""
Event = ShopEvent | RunEvent
