"""The whole onboarding of a table: at its end the status names exactly what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.onboarding_story import Story, left, story, unknown


def test_a_table_of_30_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with story(tmp_path, 30) as told:
        _onboard(told, incomplete=8, wrong=2)


@pytest.mark.soak
def test_a_table_of_300_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with story(tmp_path, 300) as told:
        _onboard(told, incomplete=20, wrong=5)


def _onboard(told: Story, *, incomplete: int, wrong: int) -> None:
    told.write_table(incomplete, wrong)
    before = told.status()
    assert {shop: left(found) >= {"manifest"} for shop, found in before.items()} == dict.fromkeys(told.shops, True)

    onboarded = told.run("onboard", "new.csv", "--rejects", "rejects.csv", "--template", "group.yaml")
    assert (onboarded.exit_code, len(told.wrong)) == (1, wrong), onboarded.output
    half = told.shops[: told.count // 2]
    _apply(told, *half)

    told.vault.refusals = [503] * 100_000
    _without_secrets(told, half)
    told.vault.refusals = []
    told.revoke_contract(half[-1])
    _apply(told, *[shop for shop in told.shops if shop not in half and shop not in told.wrong])
    told.attest_test_orders()
    _at_the_end(told, before)


def _apply(told: Story, *shops: str) -> None:
    allowed = ("--allow", "fleet-share", "--allow", "closed-at-once", "--waves", "20%,100%", "--auto-approve")
    applied = told.run("apply", *shops, *allowed)
    refused = any(told.gaps.get(shop) == "seller-id" for shop in shops)
    assert applied.exit_code == (5 if refused else 0), applied.output


def _without_secrets(told: Story, applied: list[str]) -> None:
    """Shops whose token the backend has are not affected, nor those that never named one."""
    found = told.status()
    written = [shop for shop in applied if told.gaps.get(shop) != "seller-id"]
    rest = set(told.shops) - set(written) - told.wrong
    waiting = {shop for shop in rest if told.gaps.get(shop) != "token"}
    assert {shop for shop, each in found.items() if "token" in unknown(each)} == waiting
    assert {shop: left(found[shop]) for shop in written} == {shop: told.expected(shop)[1] for shop in written}


def _at_the_end(told: Story, before: dict) -> None:
    found = told.status()
    assert {shop: (each["state"], left(each)) for shop, each in found.items()} == {
        shop: told.expected(shop) for shop in told.shops
    }
    assert not any(map(unknown, found.values()))
    assert next(iter(found)) in told.revoked
    never_there = next(iter(told.wrong))
    first = {item["item"]: item["since"] for item in before[never_there]["items"]}
    last = {item["item"]: item["since"] for item in found[never_there]["items"]}
    assert last["manifest"] == first["manifest"] is not None
    _mails(told, found)


def _mails(told: Story, found: dict) -> None:
    result = told.run("onboard", "--status", "new.csv", "--mail-folder", "mails")
    assert result.exit_code == 0, result.output
    merchants = {shop for shop, each in found.items() if any(item["party"] == "merchant" for item in each["items"])}
    assert {file.stem for file in Path("mails").iterdir()} == merchants
    assert merchants == {*told.gaps, *told.wrong}
