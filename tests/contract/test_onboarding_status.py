"""The whole onboarding of a table: at its end the status names exactly what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.onboarding_story import Story, left, story, unknown

pytestmark = pytest.mark.system


def test_a_table_of_30_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with story(tmp_path, 30) as onboarding:
        _onboard(onboarding, incomplete=8, wrong=2)


@pytest.mark.soak
def test_a_table_of_300_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with story(tmp_path, 300) as onboarding:
        _onboard(onboarding, incomplete=20, wrong=5)


def _onboard(onboarding: Story, *, incomplete: int, wrong: int) -> None:
    onboarding.write_table(incomplete, wrong)
    before = onboarding.status()
    assert {shop: left(found) >= {"manifest"} for shop, found in before.items()} == dict.fromkeys(
        onboarding.shops, True
    )

    onboarded = onboarding.run("onboard", "new.csv", "--rejects", "rejects.csv", "--template", "group.yaml")
    assert (onboarded.exit_code, len(onboarding.wrong)) == (1, wrong), onboarded.output
    half = onboarding.shops[: onboarding.count // 2]
    _apply(onboarding, *half)

    onboarding.vault.refusals = [503] * 100_000
    _without_secrets(onboarding, half)
    onboarding.vault.refusals = []
    onboarding.revoke_contract(half[-1])
    _apply(onboarding, *[shop for shop in onboarding.shops if shop not in half and shop not in onboarding.wrong])
    onboarding.attest_test_orders()
    _at_the_end(onboarding, before)


def _apply(onboarding: Story, *shops: str) -> None:
    allowed = ("--allow", "fleet-share", "--allow", "closed-at-once", "--waves", "20%,100%", "--auto-approve")
    applied = onboarding.run("apply", *shops, *allowed)
    refused = any(onboarding.gaps.get(shop) == "seller-id" for shop in shops)
    assert applied.exit_code == (5 if refused else 0), applied.output


def _without_secrets(onboarding: Story, applied: list[str]) -> None:
    """Shops whose token the backend has are not affected, nor those that never named one."""
    found = onboarding.status()
    written = [shop for shop in applied if onboarding.gaps.get(shop) != "seller-id"]
    rest = set(onboarding.shops) - set(written) - onboarding.wrong
    waiting = {shop for shop in rest if onboarding.gaps.get(shop) != "token"}
    assert {shop for shop, each in found.items() if "token" in unknown(each)} == waiting
    assert {shop: left(found[shop]) for shop in written} == {shop: onboarding.expected(shop)[1] for shop in written}


def _at_the_end(onboarding: Story, before: dict) -> None:
    found = onboarding.status()
    assert {shop: (each["state"], left(each)) for shop, each in found.items()} == {
        shop: onboarding.expected(shop) for shop in onboarding.shops
    }
    assert not any(map(unknown, found.values()))
    assert next(iter(found)) in onboarding.revoked
    never_there = next(iter(onboarding.wrong))
    first = {item["item"]: item["since"] for item in before[never_there]["items"]}
    last = {item["item"]: item["since"] for item in found[never_there]["items"]}
    assert last["manifest"] == first["manifest"] is not None
    _mails(onboarding, found)


def _mails(onboarding: Story, found: dict) -> None:
    result = onboarding.run("onboard", "--status", "new.csv", "--mail-folder", "mails")
    assert result.exit_code == 0, result.output
    merchants = {shop for shop, each in found.items() if any(item["party"] == "merchant" for item in each["items"])}
    assert {file.stem for file in Path("mails").iterdir()} == merchants
    assert merchants == {*onboarding.gaps, *onboarding.wrong}
