"""The use case `offboard`: which step of leaving Amazon Pay shops have reached, and on request the change of the next step in
Git.

In: patterns of shop keys. Out: the steps of each shop. Nothing is written to the backend: a change of a manifest is reviewed,
merged and applied like any other. `--write` changes the manifest for the step that is next, and refuses any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.importing.factor_out import FactoredLayers
from reconciler.core.onboarding.offboarding import OffboardingStep, ShopOffboarding, StepStatus
from reconciler.core.onboarding.offboarding_plan import order_warnings, plan_offboarding, refusal
from reconciler.core.onboarding.step_rules import ENABLED_KEY, ENDPOINT_KEY, WHOLE_FILE
from reconciler.core.results.onboarding.offboarding_result import OffboardingResult, OffboardingWrite
from reconciler.core.values import Registration
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.workflows.onboarding.offboarding_facts import gather_offboarding

if TYPE_CHECKING:
    from reconciler.core.model.layers import Leaf
    from reconciler.workflows.session import Session

_VALUES: Final[dict[str, Leaf]] = {ENABLED_KEY: False, ENDPOINT_KEY: Registration.ABSENT.value}


@frozen
class OffboardRequest:
    """`globs` as they were typed. `step` is the step that `write` is meant for; None: the next one, whichever it is."""

    globs: tuple[str, ...]
    write: bool = False
    step: str | None = None


async def offboard_shops(session: Session, request: OffboardRequest) -> OffboardingResult:
    """Raises SetupError where the step is unknown, the manifests cannot be read, or a file cannot be written."""
    wanted = None if request.step is None else _step(request.step)
    gathered = await gather_offboarding(session, request.globs)
    shops = tuple(plan_offboarding(facts) for facts in gathered.shops)
    warnings = [each for shop in shops for each in order_warnings(shop)]
    written: tuple[OffboardingWrite, ...] = ()
    refused: list[Diagnostic] = []
    if request.write:
        held = {shop.shop: why for shop in shops if (why := refusal(shop, wanted)) is not None}
        refused = list(held.values())
        written = _write(session, [shop for shop in shops if shop.shop not in held])
    return OffboardingResult(
        shops=shops,
        written=written,
        diagnostics=(*gathered.diagnostics, *warnings, *refused),
        requests=gathered.requests,
        notices=tuple(_notices(written)),
    )


def _step(word: str) -> OffboardingStep:
    try:
        return OffboardingStep(word)
    except ValueError:
        known = [step.value for step in OffboardingStep]
        hint = suggestion_message(word, known) or msg("Steps: {steps}", steps=", ".join(known))
        raise SetupError(msg("unknown step {step}", step=repr(word)), code=codes.USAGE, hint=hint) from None


def _write(session: Session, shops: Sequence[ShopOffboarding]) -> tuple[OffboardingWrite, ...]:
    """First all changes of values, as one batch; then the removals, one by one."""
    due = [(shop, step) for shop in shops if (step := shop.current) is not None and step.writes is not None]
    edits = [(shop, step) for shop, step in due if step.writes != WHOLE_FILE]
    changed = _edit(session, edits) if edits else []
    removed = [
        _written(shop, step, session.manifest_files.remove(shop.shop))
        for shop, step in due
        if step.writes == WHOLE_FILE
    ]
    return (*changed, *removed)


def _edit(session: Session, due: Sequence[tuple[ShopOffboarding, StepStatus]]) -> list[OffboardingWrite]:
    editor = session.manifest_files.editor(None)
    editor.snapshot([shop.shop for shop, _ in due])
    revised = {shop.shop: {step.writes: _VALUES[step.writes]} for shop, step in due if step.writes is not None}
    session.manifest_files.writer().write(editor.file_changes(revised, FactoredLayers(shops=())))
    return [_written(shop, step, shop.file or "") for shop, step in due]


def _written(shop: ShopOffboarding, step: StepStatus, file: str) -> OffboardingWrite:
    assert step.writes is not None
    return OffboardingWrite(
        shop=shop.shop, step=step.step, file=file, key=step.writes, removed=step.writes == WHOLE_FILE
    )


def _notices(written: Sequence[OffboardingWrite]) -> list[Message]:
    said = [
        msg("{file} was removed", file=each.file)
        if each.removed
        else msg("{file} now declares `{key}: {value}`", file=each.file, key=each.key, value=_word(each.key))
        for each in written
    ]
    return [*said, msg("Review the change with `git diff`, and commit it")] if said else []


def _word(key: str) -> str:
    value = _VALUES[key]
    return str(value).lower() if isinstance(value, bool) else str(value)
