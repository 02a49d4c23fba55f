"""The command that settles each class of finding."""

import pytest

from reconciler.core.findings.finding import Finding, FindingClass, FindingKey, FindingState
from reconciler.core.findings.settle import settling_command
from reconciler.core.model.policy import FindingSeverity

NOON = "2026-04-01T03:00:00Z"
COMMANDS = {
    FindingClass.DRIFTED: "reconciler apply kyoto-tea",
    FindingClass.CONFLICT: "reconciler apply kyoto-tea --take git:kyoto-tea",
    FindingClass.NOT_FOLLOWING: "reconciler apply kyoto-tea",
    FindingClass.FOREIGN_ENDPOINT: None,
    FindingClass.SILENT_NOTIFICATIONS: "reconciler ipn stats",
    FindingClass.CREDENTIALS_REFUSED: None,
    FindingClass.BUTTONS_HIDDEN: "reconciler apply kyoto-tea",
    FindingClass.LEFT_CLOSED: "reconciler resume",
    FindingClass.UNMANAGED: "reconciler import kyoto-tea",
}


@pytest.mark.parametrize("kind", FindingClass, ids=lambda kind: kind.value)
def test_each_class_names_the_command_that_settles_it(kind):
    finding = Finding(
        key=FindingKey(fleet="fleet", shop="kyoto-tea", field="", kind=kind),
        state=FindingState.OPEN,
        severity=FindingSeverity.HIGH,
        first_seen=NOON,
        opened=NOON,
        last_seen=NOON,
        since=NOON,
        flipped=NOON,
    )
    assert settling_command(finding) == COMMANDS[kind]
