"""What `onboard --status` returns: each shop with its items; and the mail to one merchant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.onboarding.guides import MerchantTask
from reconciler.core.onboarding.items import ActingParty, OnboardingState, ShopOnboarding
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


@frozen
class OnboardingStatusResult(CommandResult):
    """`shops` are the loudest first. `checked` is when this was, as text in UTC. `tables` are those that were read as well.
    `recorded`: the store knows since when items have been missing. `backend_read`: at least one shop could be read.
    """

    kind: ClassVar[str] = "onboarding-status"
    shops: tuple[ShopOnboarding, ...] = ()
    checked: str
    tables: tuple[str, ...] = ()
    recorded: bool = False
    backend_read: bool = True

    @property
    def states(self) -> Mapping[OnboardingState, int]:
        """How many shops are in each state; all states, in their order."""
        counted = Counter(shop.state for shop in self.shops)
        return {state: counted[state] for state in OnboardingState}

    @property
    def parties(self) -> Mapping[ActingParty, int]:
        """For how many shops each party acts first."""
        counted = Counter(shop.acts_first for shop in self.shops)
        return {party: counted[party] for party in ActingParty}

    @property
    def counts(self) -> Mapping[str, int]:
        return {state.value: count for state, count in self.states.items()}

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {shop.shop: shop.state.value for shop in self.shops}

    @property
    def exit_code(self) -> ExitCode:
        """What is missing is no error. A backend that answered for no shop is, as in every command."""
        return ExitCode.DONE if self.backend_read or not self.shops else ExitCode.UNREACHABLE


@frozen
class OnboardingMailResult(CommandResult):
    """`name` is what the mail calls the shop. Without `tasks` there is nothing to write to the merchant about. `language` is the
    code of the mail's language, which is not that of messages.
    """

    kind: ClassVar[str] = "onboarding-mail"
    shop: str
    name: str
    language: str
    tasks: tuple[MerchantTask, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DONE
