"""What severities, classes, states and events of findings are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.finding import FindingClass, FindingEventKind, FindingState, ResolvedBy
from reconciler.core.model.policy import FindingSeverity

SEVERITY_NAMES: Final[Mapping[FindingSeverity, Message]] = {
    FindingSeverity.CRITICAL: msg("critical"),
    FindingSeverity.HIGH: msg("high"),
    FindingSeverity.MEDIUM: msg("medium"),
    FindingSeverity.LOW: msg("low"),
}
CLASS_WORDS: Final[Mapping[FindingClass, Message]] = {
    FindingClass.DRIFTED: msg("differs from Git"),
    FindingClass.CONFLICT: msg("changed in Git and at the backend"),
    FindingClass.NOT_FOLLOWING: msg("does not follow 利用設定"),
    FindingClass.FOREIGN_ENDPOINT: msg("endpoint of no known shop"),
    FindingClass.SILENT_NOTIFICATIONS: msg("no notifications"),
    FindingClass.CREDENTIALS_REFUSED: msg("Amazon refuses the credentials"),
    FindingClass.BUTTONS_HIDDEN: msg("buyers see no button"),
    FindingClass.LEFT_CLOSED: msg("left closed by a run"),
    FindingClass.UNMANAGED: msg("manifest deleted"),
}
STATE_WORDS: Final[Mapping[FindingState, Message]] = {
    FindingState.OPEN: msg("open"),
    FindingState.CHANGED: msg("open, value changed"),
    FindingState.ACCEPTED: msg("accepted"),
    FindingState.EXPIRED: msg("open, acceptance expired"),
    FindingState.RESOLVED: msg("resolved"),
    FindingState.FLAPPING: msg("flapping"),
}
EVENT_WORDS: Final[Mapping[FindingEventKind, Message]] = {
    FindingEventKind.OPENED: msg("opened"),
    FindingEventKind.CHANGED: msg("value changed"),
    FindingEventKind.WORSENED: msg("severity raised"),
    FindingEventKind.ACCEPTED: msg("accepted"),
    FindingEventKind.EXPIRED: msg("acceptance expired"),
    FindingEventKind.RESOLVED: msg("resolved"),
    FindingEventKind.FLAPPING: msg("flapping"),
    FindingEventKind.FIGHT: msg("healing is undone again and again"),
    FindingEventKind.PROPOSED: msg("a plan is ready"),
}
RESOLVER_WORDS: Final[Mapping[ResolvedBy, Message]] = {
    ResolvedBy.GIT: msg("a change in Git"),
    ResolvedBy.APPLY: msg("an apply"),
    ResolvedBy.HAND: msg("a change at the backend"),
    ResolvedBy.HEALING: msg("healing"),
}
