"""The runbook of a finding: the section that says what to do, and whom to contact when that does not help.

In: the class of a finding and the settings of runbooks. Out: links and contacts. The page is `docs/finding-runbooks.md`; its
sections are named as the classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.finding import FindingClass
from reconciler.lib.frozen_class import frozen

PAGE: Final = "finding-runbooks"
LANGUAGE, PAGE_PLACE, SECTION = "{language}", "{page}", "{section}"
"""Places in the address of runbooks."""


class RunbookTeam(Enum):
    """Who can act, as in the label `team` of the alert rules."""

    PAYMENTS = "payments"
    OPERATIONS = "operations"


FINDING_TEAMS: Final[Mapping[FindingClass, RunbookTeam]] = {
    FindingClass.DRIFTED: RunbookTeam.PAYMENTS,
    FindingClass.CONFLICT: RunbookTeam.PAYMENTS,
    FindingClass.NOT_FOLLOWING: RunbookTeam.PAYMENTS,
    FindingClass.FOREIGN_ENDPOINT: RunbookTeam.PAYMENTS,
    FindingClass.SILENT_NOTIFICATIONS: RunbookTeam.OPERATIONS,
    FindingClass.CREDENTIALS_REFUSED: RunbookTeam.PAYMENTS,
    FindingClass.BUTTONS_HIDDEN: RunbookTeam.PAYMENTS,
    FindingClass.LEFT_CLOSED: RunbookTeam.OPERATIONS,
    FindingClass.UNMANAGED: RunbookTeam.PAYMENTS,
}


@frozen
class Runbooks:
    """`url` is an address with places, None for the pages of this repository. `escalation` has a contact of some teams."""

    url: str | None = None
    escalation: Mapping[RunbookTeam, str] = field(default_factory=dict)

    def link(self, kind: FindingClass) -> Message:
        """The section about a class. It is rendered in the language of its page."""
        section = kind.value
        if self.url is None:
            return msg("docs/{page}.md#{section}", page=PAGE, section=section)
        return _in_language(self.url.replace(PAGE_PLACE, PAGE).replace(SECTION, section))

    def page(self) -> Message:
        """The page as a whole."""
        if self.url is None:
            return msg("docs/{page}.md", page=PAGE)
        return _in_language(self.url.replace(PAGE_PLACE, PAGE).replace(SECTION, "").rstrip("#/?&="))

    def contact(self, kind: FindingClass) -> str | None:
        """None where no person or channel is set for the team that can act."""
        return self.escalation.get(FINDING_TEAMS[kind])


def _in_language(address: str) -> Message:
    """With the language of the reader in its place, if the address has one."""
    before, language, after = address.partition(LANGUAGE)
    if not language:
        return msg("{address}", address=before)
    return msg("{before}{language}{after}", before=before, language=msg("en"), after=after)


NO_RUNBOOKS: Final = Runbooks()
"""The pages of this repository, and no contacts."""
