"""What can go wrong with one shop of an apply, put into words: errors of our own, and findings made of any error."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import kind_named
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.plan import ShopPlan, Step
from reconciler.core.runs.events import ClosureSuperseded, PredictionMissed
from reconciler.core.values import Origin, Scalar, Unset
from reconciler.ports import BackendError, Conflict, LeaseInfo
from reconciler.workflows.execution.closure import ClosureTimeout
from reconciler.workflows.execution.refusals import refusal_diagnostic

_OVERDUE = msg(
    "Run `reconciler plan` again to see the remaining changes; limits.closed_seconds sets how long a shop may be closed"
)


class StaleFieldError(BackendError):
    """A field that is to be written moved since the plan was made."""

    code = codes.STALE


class ChangesAlreadyMade(BackendError):
    """Another client has written all that the plan would write, since the plan was made."""

    code = codes.ALREADY_APPLIED


class ClosedByOther(BackendError):
    """The shop was closed or opened by another actor: this run must not open it. `by_run`: another run did it."""

    code = codes.CLOSED_BY_OTHER

    def __init__(self, text: Message, *, by_run: bool = False) -> None:
        super().__init__(text)
        self.by_run = by_run


class JournalUnavailable(BackendError):
    """The intent could not be recorded, so the write was not sent."""

    code = codes.UNUSABLE


class ShopUnreadable(BackendError):
    """The shop was asked for, and a part of it could not be read."""

    def __init__(self, why: Diagnostic) -> None:
        super().__init__(why.summary)
        self.why = why


_NO_ORIGINS: Mapping[str, Origin] = {}


def step_error_diagnostic(
    error: BackendError, plan: ShopPlan, step: Step | None = None, origins: Mapping[str, Origin] = _NO_ORIGINS
) -> Diagnostic:
    """An error of the backend as a finding on the shop. `origins` are the places of what its manifest declares."""
    return refusal_diagnostic(error, plan, step, origins) or diagnostic(
        error.why.code if isinstance(error, ShopUnreadable) else error.code,
        error.text,
        hint=_OVERDUE if isinstance(error, ClosureTimeout) else None,
        shop=plan.shop,
        subject=step.kind if step and step.kind else None,
        origin=plan.origin,
    )


def internal_error_diagnostic(fault: Exception, plan: ShopPlan) -> Diagnostic:
    """The name of the error only: its message may hold anything."""
    return diagnostic(
        codes.FAULT,
        msg("Internal error while processing this shop: {kind}", kind=type(fault).__name__),
        hint=msg("Run `reconciler plan` again to see the current state, and report this error"),
        shop=plan.shop,
        origin=plan.origin,
    )


def last_attempt_error(step: Step, error: BackendError, *, unknown: bool) -> BackendError:
    """After the last attempt: lost answers stay lost answers, conflicts mean that the field keeps changing. `unknown`: an attempt
    may have taken place.
    """
    if not isinstance(error, Conflict):
        return error
    return StaleFieldError(
        msg("{kind} is repeatedly changed by someone else", kind=kind_named(step.kind).short_name),
        happened=None if unknown else False,
    )


def lease_taken(by: LeaseInfo) -> Message:
    return msg("{owner} is now writing the shop (run {run})", owner=by.owner, run=by.run)


def left_closed(plan: ShopPlan, error: BackendError, *, sure: bool) -> Diagnostic:
    """`sure`: the backend acknowledged the closing. Otherwise the shop may still be open."""
    if sure:
        text = msg("The shop was open, is CLOSED NOW, and could not be reopened: {reason}", reason=error.text)
    else:
        text = msg("The shop was open, may be CLOSED NOW, and could not be reopened: {reason}", reason=error.text)
    return diagnostic(
        codes.LEFT_CLOSED,
        text,
        hint=msg("Run `reconciler resume` when the backend answers, or open the shop in the admin screens"),
        shop=plan.shop,
        origin=plan.origin,
    )


def closure_superseded(plan: ShopPlan, why: ClosedByOther) -> ClosureSuperseded:
    found = diagnostic(
        codes.CLOSED_BY_OTHER,
        msg("The shop is no longer closed by this run, and its state was not changed: {reason}", reason=why.text),
        hint=msg(
            "Run `reconciler plan` again to see the remaining changes; open the shop in the admin screens if it should be open"
        ),
        shop=plan.shop,
        origin=plan.origin,
    )
    return ClosureSuperseded(shop=plan.shop, why=found, by_run=why.by_run)


def prediction_missed(
    ref: FieldRef, predicted: Scalar, found_value: Scalar | Unset, plan: ShopPlan
) -> PredictionMissed:
    why = diagnostic(
        codes.PREDICTION_MISS,
        msg("{label} does not have the predicted value", label=ref.full_name),
        hint=msg("Run `reconciler plan` again to see what the backend did instead"),
        shop=plan.shop,
        subject=str(ref),
        origin=plan.origin,
    )
    return PredictionMissed(shop=plan.shop, ref=ref, predicted=predicted, found=found_value, why=why)
