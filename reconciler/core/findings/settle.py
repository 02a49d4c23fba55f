"""The command that settles a finding, as a person types it."""

from __future__ import annotations

from typing import assert_never

from reconciler.core.findings.finding import Finding, FindingClass


def settling_command(finding: Finding, proposal: str | None = None) -> str | None:
    """None where no command of ours does. `proposal` is the file of a plan that is ready for it."""
    if proposal is not None:
        return f"reconciler apply {proposal}"
    shop = finding.key.shop
    match finding.key.kind:
        case FindingClass.DRIFTED | FindingClass.NOT_FOLLOWING | FindingClass.BUTTONS_HIDDEN:
            return f"reconciler apply {shop}"
        case FindingClass.CONFLICT:
            return f"reconciler apply {shop} --take git:{shop}"
        case FindingClass.LEFT_CLOSED:
            return "reconciler resume"
        case FindingClass.UNMANAGED:
            return f"reconciler import {shop}"
        case FindingClass.SILENT_NOTIFICATIONS:
            return "reconciler ipn stats"
        case FindingClass.CREDENTIALS_REFUSED | FindingClass.FOREIGN_ENDPOINT:
            return None
        case _ as kind:
            assert_never(kind)
