"""The judge can fail: each breach that is planted in a log is found, and nothing else is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.hosts.judge import Allowed, LoggedChange, LoggedRequest, breaches

MAIL = ("kyoto-tea", "amazonSettings", "notificationEmail")
USE = ("nara-brush", "amazonSettings", "useAmazon")
ALLOWED = Allowed(
    fields={MAIL: "new@kyoto-tea.example", USE: True, ("uji-cups", *USE[1:]): True},
    closing=frozenset({"nara-brush", "uji-cups"}),
    max_closed=1,
)
Log = tuple[list[LoggedChange], list[LoggedRequest]]


def change(shop: str, resource: str, field: str, after: object, cause: str | None = None) -> LoggedChange:
    return LoggedChange(number=0, shop=shop, resource=resource, field=field, after=after, actor="tests", cause=cause)


def status(shop: str, after: str) -> LoggedChange:
    return change(shop, "storefront", "status", after)


def request(host: str, fence: int, status: int = 200) -> LoggedRequest:
    return LoggedRequest(
        at=0.0, host=host, method="PATCH", shop="kyoto-tea", resource="amazon-settings", status=status, fence=fence
    )


def good() -> Log:
    changes = [change(*MAIL, "new@kyoto-tea.example")]
    for shop in ("nara-brush", "uji-cups"):
        changes += [
            status(shop, "CLOSED"),
            change(shop, *USE[1:], True),
            change(shop, "amazonPay", "use", True, "amazonSettings.useAmazon"),
            status(shop, "OPEN"),
        ]
    return numbered(changes), [request("first", 1), request("second", 2)]


def numbered(changes: list[LoggedChange]) -> list[LoggedChange]:
    return [replace(each, number=number) for number, each in enumerate(changes, 1)]


def judged(plant: Callable[[Log], None]) -> list[str]:
    changes, requests = good()
    plant((changes, requests))
    return breaches(ALLOWED, numbered(changes), requests)


def test_a_story_as_planned_has_no_breach() -> None:
    assert judged(lambda log: None) == []


@pytest.mark.parametrize(
    ("plant", "breach"),
    [
        (
            lambda log: log[0].append(change("kyoto-tea", "amazonPay", "preOrder", True)),
            "outside the plan: amazonPay preOrder of kyoto-tea became True (change 10)",
        ),
        (
            lambda log: log[0].insert(0, change("osaka-knives", "amazonPay", "use", True, "amazonSettings.useAmazon")),
            "outside the plan: amazonPay use of osaka-knives became True because of amazonSettings.useAmazon (change 1)",
        ),
        (
            lambda log: log[0].__setitem__(0, change(*MAIL, "wrong")),
            f"outside the plan: {MAIL[1]} {MAIL[2]} of kyoto-tea became 'wrong' (change 1), planned was {ALLOWED.fields[MAIL]!r}",
        ),
        (
            lambda log: log[0].extend([status("kyoto-tea", "CLOSED"), status("kyoto-tea", "OPEN")]),
            "outside the plan: kyoto-tea became CLOSED, and its change needs no closing (change 10)",
        ),
        (
            lambda log: log[0].append(change(*MAIL, "new@kyoto-tea.example")),
            "2 times: notificationEmail of kyoto-tea was written",
        ),
        (
            lambda log: log[0].extend([status("nara-brush", "CLOSED"), status("nara-brush", "OPEN")]),
            "2 times: nara-brush was closed",
        ),
        (
            lambda log: log[1].append(request("first", 1)),
            "older lease: first wrote amazon-settings of kyoto-tea under 1, after second under 2",
        ),
        (
            lambda log: log[0].insert(1, log[0].pop(5)),
            "too many closed: 2 of 1 at change 3: nara-brush, uji-cups",
        ),
        (lambda log: log[0].pop(), "left closed: uji-cups"),
        (
            lambda log: log[0].pop(0),
            "missing: 1 planned values were not written: notificationEmail of kyoto-tea",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_planted_breach_is_found(plant: Callable[[Log], None], breach: str) -> None:
    assert breach in judged(plant)


def test_a_refused_write_under_an_older_lease_is_no_breach() -> None:
    assert judged(lambda log: log[1].append(request("first", 1, status=409))) == []


def test_an_unfinished_story_may_miss_values() -> None:
    changes, requests = good()

    assert breaches(ALLOWED, numbered(changes[1:]), requests, complete=False) == []
