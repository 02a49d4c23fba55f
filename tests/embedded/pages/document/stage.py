"""Who opens the screens of the document, and the list of the acts that lead to each state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.embedded.pages.browsing import Person
from tests.embedded.pages.document.screens_document import FIRST
from tests.embedded.pages.html_page import Page


@dataclass
class Stage:
    """A backend with the seed, and people."""

    sign_in: Callable[..., Person]
    visitor: Callable[[], Person]
    world: Any
    clock: Any
    api: Any
    app: Any
    receiver: str
    """The URL of an endpoint on this machine, which answers 200."""

    def opens(self, shop: str, place: str = "amazon-settings", account: str = "hanako") -> Person:
        """A person of the shop at one of its screens; an operator where the account says so."""
        person = self.sign_in("" if account == "operator" else shop, account)
        person.opens(f"/admin/shops/{shop}/{place}")
        return person


Act = Callable[[Stage], Page]


@dataclass(frozen=True)
class Served:
    """The settings of a backend that sends notifications. `missing`: a package that is not installed."""

    ipn: dict[str, Any]
    more: dict[str, Any] = field(default_factory=dict)
    missing: str = ""


@dataclass
class DocumentedScreen:
    """A screen by its heading in the document, and the acts that bring about each of its states."""

    heading: str
    also: str = ""
    """The heading of a screen that is on the same page."""
    entered: frozenset[str] = frozenset()
    """Names on the page that people entered: what a text of the document that is only a place stands for."""
    states: dict[str, Act] = field(default_factory=dict)
    served: dict[str, Served] = field(default_factory=dict)
    """For the states that need it; elsewhere the backend sends no notification."""

    def state(self, *names: str) -> Callable[[Act], Act]:
        def keep(act: Act) -> Act:
            self.states |= dict.fromkeys(names, act)
            return act

        return keep

    def first(self, act: Act) -> Act:
        return self.state(FIRST)(act)
