"""Fences: a writer whose lease is another's by now is refused. Each check has an issuer of its own."""

from __future__ import annotations

from reconciler.conformance.answers import expect_problem, expect_status
from reconciler.conformance.checks.versions import OTHER_VERSION, expect_unchanged
from reconciler.conformance.kit import Kit
from reconciler.conformance.registry import checks_clause


def _fence(kit: Kit, clause: str, number: int) -> dict[str, str]:
    return {"X-Fence": f"check-{kit.run}-{clause}:{number}"}


@checks_clause("K611")
async def _older(kit: Kit) -> None:
    for probe in kit.probes():
        expect_status(await kit.write(probe, probe.before, headers=_fence(kit, "older", 9)), 200)
        answer = await kit.write(probe, probe.after, headers=_fence(kit, "older", 8))
        expect_problem(answer, "FENCE_OUTDATED")
        await expect_unchanged(kit, probe, answer)


@checks_clause("K612")
async def _before_the_version(kit: Kit) -> None:
    probe = kit.probes()[0]
    expect_status(await kit.write(probe, probe.before, headers=_fence(kit, "first", 9)), 200)
    answer = await kit.write(probe, probe.after, if_match=OTHER_VERSION, headers=_fence(kit, "first", 8))
    expect_problem(answer, "FENCE_OUTDATED")


@checks_clause("K613")
async def _same_and_newer(kit: Kit) -> None:
    probe = kit.probes()[0]
    for number in (9, 9, 10, 100):
        expect_status(await kit.write(probe, probe.before, headers=_fence(kit, "newer", number)), 200)


@checks_clause("K614")
async def _issuers(kit: Kit) -> None:
    probe = kit.probes()[0]
    for issuer, number in (("left", 9), ("right", 1), ("middle", 2)):
        expect_status(await kit.write(probe, probe.before, headers=_fence(kit, issuer, number)), 200)
