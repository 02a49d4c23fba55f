"""The groups of findings that issues are kept for."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.findings.finding import Finding, FindingClass, FindingKey, FindingState
from reconciler.core.findings.owner_findings import findings_by_owner, owner_names
from reconciler.core.model.policy import FindingSeverity

TIME = "2026-11-28T03:00:00Z"


def finding(shop: str, owner: str | None, severity: FindingSeverity = FindingSeverity.LOW) -> Finding:
    return Finding(
        key=FindingKey(fleet="kyoto", shop=shop, field="", kind=FindingClass.UNMANAGED),
        state=FindingState.OPEN,
        severity=severity,
        first_seen=TIME,
        opened=TIME,
        last_seen=TIME,
        since=TIME,
        flipped=TIME,
        owner=owner,
    )


def shops(*found: Finding) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(group.owners, [each.key.shop for each in group.findings]) for group in findings_by_owner(found)]


def test_the_order_of_the_owners_does_not_matter() -> None:
    assert shops(finding("b", "@y @x"), finding("a", "@x  @y @x")) == [(("@x", "@y"), ["a", "b"])]


def test_findings_without_an_owner_come_last() -> None:
    found = (finding("a", None), finding("b", ""), finding("c", "@z"), finding("d", "@a"))
    assert shops(*found) == [(("@a",), ["d"]), (("@z",), ["c"]), ((), ["a", "b"])]
    assert owner_names(None) == ()


def test_the_most_severe_comes_first() -> None:
    found = (finding("a", "@x"), finding("z", "@x", FindingSeverity.CRITICAL))
    assert shops(*found) == [(("@x",), ["z", "a"])]


def test_only_what_a_person_has_to_settle_counts() -> None:
    accepted = replace(finding("a", "@x"), state=FindingState.ACCEPTED)
    gone = replace(finding("b", "@x"), state=FindingState.RESOLVED, present=False)
    assert shops(accepted, gone) == []


def test_the_newest_moment_is_that_of_a_state_or_of_an_opening() -> None:
    later = replace(finding("a", "@x"), since="2026-11-29T03:00:00Z")
    [group] = findings_by_owner((finding("b", "@x"), later))
    assert group.newest == "2026-11-29T03:00:00Z"
