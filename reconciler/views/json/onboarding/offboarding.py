"""How far shops are with leaving Amazon Pay, as a JSON document: `reconciler/offboarding`."""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.onboarding.offboarding import (
    STEP_TITLES,
    Evidence,
    EvidenceSource,
    OffboardingStep,
    OpenAuthorization,
    ShopOffboarding,
    StepActor,
    StepProgress,
    StepStatus,
)
from reconciler.core.results.onboarding.offboarding_result import OffboardingResult
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, OriginJson, diagnostics_json, origin_json
from reconciler.views.json.shapes import one_of


class OffboardingEvidenceJson(TypedDict):
    """What was read. `location` is null for what has no file."""

    source: Annotated[str, one_of(EvidenceSource)]
    text: str
    location: OriginJson | None


class OffboardingStepJson(TypedDict):
    """`todo` is set for the step that is next, in its order. `early`: done although an earlier step is not."""

    step: Annotated[str, one_of(OffboardingStep)]
    title: str
    state: Annotated[str, one_of(StepProgress)]
    actor: Annotated[str, one_of(StepActor)]
    early: bool
    evidence: list[OffboardingEvidenceJson]
    todo: list[str]


class OpenAuthorizationJson(TypedDict):
    """As the inbox knows it; `state` in Amazon's words. Times are in UTC."""

    id: str
    order_reference: str
    order: str | None
    amount: str | None
    state: str
    updated: str
    lapses: str


class ShopOffboardingJson(TypedDict):
    """`file` is the manifest, null where there is none. `next` is the first step that is not done, null where all are."""

    shop: str
    file: str | None
    finished: bool
    next: Annotated[str, one_of(OffboardingStep)] | None
    steps: list[OffboardingStepJson]
    open_authorizations: list[OpenAuthorizationJson]


class OffboardingWriteJson(TypedDict):
    """A change that `--write` made. `removed`: the file is gone; otherwise `key` has a new value in it."""

    shop: str
    step: Annotated[str, one_of(OffboardingStep)]
    file: str
    key: str
    removed: bool


class OffboardingJson(TypedDict):
    """Steps are as they were before anything was written."""

    shops: list[ShopOffboardingJson]
    written: list[OffboardingWriteJson]
    diagnostics: list[DiagnosticJson]


OFFBOARDING: Final = DocumentType(name="offboarding", body=OffboardingJson)


def offboarding_json(result: OffboardingResult, head: DocumentHead = EMPTY_HEAD) -> str:
    document: OffboardingJson = {
        "shops": [_shop(each) for each in result.shops],
        "written": [
            {
                "shop": each.shop,
                "step": each.step.value,
                "file": each.file,
                "key": each.key,
                "removed": each.removed,
            }
            for each in result.written
        ],
        "diagnostics": diagnostics_json(result.diagnostics, head.sources),
    }
    return OFFBOARDING.text(document, head)


def _shop(shop: ShopOffboarding) -> ShopOffboardingJson:
    return {
        "shop": shop.shop,
        "file": shop.file,
        "finished": shop.finished,
        "next": None if shop.current is None else shop.current.step.value,
        "steps": [_step(each) for each in shop.steps],
        "open_authorizations": [_authorization(each) for each in shop.open_authorizations],
    }


def _step(status: StepStatus) -> OffboardingStepJson:
    return {
        "step": status.step.value,
        "title": str(STEP_TITLES[status.step]),
        "state": status.progress.value,
        "actor": status.actor.value,
        "early": status.early,
        "evidence": [_evidence(each) for each in status.evidence],
        "todo": [str(each) for each in status.todo],
    }


def _evidence(evidence: Evidence) -> OffboardingEvidenceJson:
    return {
        "source": evidence.source.value,
        "text": str(evidence.text),
        "location": None if evidence.origin is None else origin_json(evidence.origin),
    }


def _authorization(each: OpenAuthorization) -> OpenAuthorizationJson:
    return {
        "id": each.id,
        "order_reference": each.reference,
        "order": each.order,
        "amount": each.amount,
        "state": each.state,
        "updated": each.updated,
        "lapses": each.lapses,
    }
