"""The unsettled findings of each owner: who has to do something, and what.

In: findings. Out: one group for each combination of owners, so that a finding is in one group only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field

from reconciler.core.findings.finding import Finding
from reconciler.lib.frozen_class import frozen


@frozen
class OwnerFindings:
    """`owners` are sorted, and empty for findings without an owner. The most severe finding comes first. `proposals` are the
    files of plans that are ready, by the id of the finding.
    """

    owners: tuple[str, ...]
    findings: tuple[Finding, ...]
    proposals: Mapping[str, str] = field(default_factory=dict)

    @property
    def newest(self) -> str:
        """When the last of them was opened, or came to its state."""
        return max(max(each.opened, each.since) for each in self.findings)


def findings_by_owner(
    findings: Iterable[Finding], proposals: Mapping[str, str] | None = None
) -> tuple[OwnerFindings, ...]:
    """Of those that a person has to settle. Findings without an owner come last."""
    groups: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for each in findings:
        if each.unsettled:
            groups[owner_names(each.owner)].append(each)
    return tuple(
        OwnerFindings(owners=owners, findings=tuple(sorted(groups[owners], key=_rank)), proposals=proposals or {})
        for owners in sorted(groups, key=lambda owners: (not owners, owners))
    )


def owner_names(owner: str | None) -> tuple[str, ...]:
    """CODEOWNERS may name several."""
    return tuple(sorted(set((owner or "").split())))


def _rank(finding: Finding) -> tuple[int, str, str, str]:
    key = finding.key
    return (-finding.severity, key.shop, key.field, key.kind.value)
