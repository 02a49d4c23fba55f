"""An onboarding status as a JSON document, `reconciler/onboarding-status`; a mail to a merchant, `reconciler/onboarding-mail`.

In: a result. Out: text. Times are in UTC; the steps for merchants are in English, but for the labels of screens.
"""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.onboarding.guides import MerchantTask, merchant_tasks
from reconciler.core.onboarding.items import (
    ActingParty,
    ItemReason,
    ItemState,
    ItemStatus,
    OnboardingItem,
    OnboardingState,
    RowPlace,
    ShopOnboarding,
)
from reconciler.core.results.onboarding.status_result import OnboardingMailResult, OnboardingStatusResult
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json
from reconciler.views.json.shapes import Count, Position, counts_of, key_for, one_of

Party = Annotated[str, one_of(ActingParty)]


class OnboardingItemJson(TypedDict):
    """`party` acts next; null where nothing is to be done. `since` is when the item was first seen missing, null without a store.
    `until` is the last day of an attestation.
    """

    item: Annotated[str, one_of(OnboardingItem)]
    state: Annotated[str, one_of(ItemState)]
    party: Party | None
    reason: Annotated[str, one_of(ItemReason)] | None
    since: str | None
    until: str | None


class MerchantTaskJson(TypedDict):
    """What the merchant does, on which screen, step by step."""

    items: list[Annotated[str, one_of(OnboardingItem)]]
    title: str
    where: str
    steps: list[str]


class TableRowJson(TypedDict):
    file: str
    line: Position


class OnboardingShopJson(TypedDict):
    """`acts_first` does the first thing that is open, since `since`. `place` is the manifest, or else the row that names the
    shop; `row` is the row where a table has one.
    """

    shop: str
    state: Annotated[str, one_of(OnboardingState)]
    acts_first: Party | None
    since: str | None
    place: str | None
    row: TableRowJson | None
    items: list[OnboardingItemJson]
    merchant_tasks: list[MerchantTaskJson]


class OnboardingStatusJson(TypedDict):
    """`shops` has the loudest first. `recorded`: there is a store that knows since when items have been missing."""

    checked: str
    recorded: bool
    tables: list[str]
    states: Annotated[dict[str, int], counts_of(*map(key_for, OnboardingState))]
    acts_first: Annotated[dict[str, int], counts_of(*map(key_for, ActingParty))]
    shops: list[OnboardingShopJson]
    diagnostics: list[DiagnosticJson]


class OnboardingMailJson(TypedDict):
    """`text` is the mail, with its subject in the first line; null where there is nothing to write about. `tasks` counts what the
    merchant has to do.
    """

    shop: str
    name: str
    language: Annotated[str, one_of(["en", "ja"])]
    tasks: Count
    text: str | None
    diagnostics: list[DiagnosticJson]


ONBOARDING_STATUS: Final = DocumentType(name="onboarding-status", body=OnboardingStatusJson)
ONBOARDING_MAIL: Final = DocumentType(name="onboarding-mail", body=OnboardingMailJson)


def status_json(status: OnboardingStatusResult, head: DocumentHead = EMPTY_HEAD) -> str:
    body: OnboardingStatusJson = {
        "checked": status.checked,
        "recorded": status.recorded,
        "tables": list(status.tables),
        "states": {key_for(state): count for state, count in status.states.items()},
        "acts_first": {key_for(party): count for party, count in status.parties.items()},
        "shops": [_shop(shop) for shop in status.shops],
        "diagnostics": diagnostics_json(status.diagnostics, head.sources),
    }
    return ONBOARDING_STATUS.text(body, head)


def mail_json(mail: OnboardingMailResult, text: str, head: DocumentHead = EMPTY_HEAD) -> str:
    body: OnboardingMailJson = {
        "shop": mail.shop,
        "name": mail.name,
        "language": mail.language,
        "tasks": len(mail.tasks),
        "text": text or None,
        "diagnostics": diagnostics_json(mail.diagnostics, head.sources),
    }
    return ONBOARDING_MAIL.text(body, head)


def _shop(shop: ShopOnboarding) -> OnboardingShopJson:
    party = shop.acts_first
    return {
        "shop": shop.shop,
        "state": shop.state.value,
        "acts_first": None if party is None else party.value,
        "since": shop.since,
        "place": shop.place,
        "row": None if shop.row is None else _table_row(shop.row),
        "items": [_item(each) for each in shop.items],
        "merchant_tasks": [_task(task) for task in merchant_tasks(shop)],
    }


def _table_row(row: RowPlace) -> TableRowJson:
    return {"file": row.file, "line": row.line}


def _item(item: ItemStatus) -> OnboardingItemJson:
    return {
        "item": item.item.value,
        "state": item.state.value,
        "party": None if item.party is None else item.party.value,
        "reason": None if item.reason is None else item.reason.value,
        "since": item.since,
        "until": item.until,
    }


def _task(task: MerchantTask) -> MerchantTaskJson:
    return {
        "items": [item.value for item in task.items],
        "title": str(task.title),
        "where": task.where,
        "steps": list(map(str, task.steps)),
    }
