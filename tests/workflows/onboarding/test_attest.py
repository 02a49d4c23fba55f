"""Attestations as people record them: what is written, what is refused, and that nothing waits for them."""

import subprocess

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.model.selection import Selection
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.workflows.onboarding.attest import (
    AttestRequest,
    attest_item,
    list_attestations,
    withdraw_attestation,
)
from reconciler.workflows.plan import PlanRequest, plan_changes
from reconciler.workflows.validate import ValidateRequest, validate_manifests
from tests.support.session_harness import open_caller, write_fleet

KYOTO, UJI = ShopKey("kyoto-tea"), ShopKey("uji-cups")


@pytest.fixture
def fleet(tmp_path):
    return open_caller(write_fleet(tmp_path / "fleet"))


def attest(fleet, shop=KYOTO, item="privacy-url", **words):
    usual = {"by": "Hanako", "on": "2026-11-01"}
    return attest_item(fleet.session, AttestRequest(shop=shop, item=item, **usual | words))


def listed(fleet, *globs) -> list[tuple]:
    return [(row[0], row[1].key, row[2].key, *row[3:7]) for row in list_attestations(fleet.session, globs).rows]


def refusal(fleet, **words) -> SetupError:
    with pytest.raises(SetupError) as refused:
        attest(fleet, **words)
    assert refused.value.code is codes.NOT_ATTESTED
    assert not list(fleet.folder.rglob("_attestations/*"))
    return refused.value


def test_an_attestation_is_recorded_beside_the_manifest(fleet):
    result = attest(fleet, note="seen", expires_in=365)
    assert (fleet.folder / "shops" / "_attestations" / "kyoto-tea.yaml").is_file()
    assert result.rows[0][4:7] == ("2026-11-01", "2027-11-01", "seen")
    assert listed(fleet) == [("kyoto-tea", "privacy-url", "valid", "Hanako", "2026-11-01", "2027-11-01", "seen")]


def test_without_options_it_is_the_person_who_runs_the_command_and_today(fleet, monkeypatch):
    monkeypatch.setenv("RECONCILER_ACTOR", "operator")
    attest(fleet, by=None, on=None)
    ((_, _, state, by, on, expires, _note),) = listed(fleet)
    assert (state, by, expires) == ("valid", "operator", None)
    assert on >= "2026-11-28"


@pytest.mark.parametrize(
    ("settings", "person"),
    [
        ((("user.name", "Hanako Sato"), ("user.email", "hanako@example.jp")), "Hanako Sato <hanako@example.jp>"),
        ((("user.name", "Hanako Sato"), ("user.email", "")), "Hanako Sato"),
    ],
)
def test_without_a_ci_job_the_person_is_that_of_gits_settings(fleet, monkeypatch, settings, person):
    for name in ("RECONCILER_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_AUTHOR"):
        monkeypatch.delenv(name, raising=False)
    subprocess.run(["git", "init", "-q", str(fleet.folder)], check=True)
    for key, value in settings:
        subprocess.run(["git", "-C", str(fleet.folder), "config", key, value], check=True)
    attest(fleet, by=None)
    assert listed(fleet)[0][3] == person


def test_the_list_is_of_the_named_shops(fleet):
    attest(fleet)
    attest(fleet, shop=UJI)
    assert [row[0] for row in listed(fleet)] == ["kyoto-tea", "uji-cups"]
    assert [row[0] for row in listed(fleet, "uji-*")] == ["uji-cups"]


def test_a_shop_without_attestations_is_no_mistake_and_an_unknown_one_is(fleet):
    attest(fleet)
    assert list_attestations(fleet.session, ("uji-cups",)).exit_code is ExitCode.DONE
    unknown = list_attestations(fleet.session, ("uji-cps",))
    assert ([each.code for each in unknown.diagnostics], unknown.exit_code) == ([codes.NO_SUCH_SHOP], ExitCode.ERROR)
    assert attest(fleet, shop=ShopKey("uji-cps")).diagnostics[0].code is codes.NO_SUCH_SHOP


def test_an_entry_is_withdrawn_once(fleet):
    attest(fleet)
    assert withdraw_attestation(fleet.session, KYOTO, "privacy-url").rows[0][1].key == "privacy-url"
    assert listed(fleet) == []
    with pytest.raises(SetupError):
        withdraw_attestation(fleet.session, KYOTO, "privacy-url")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"item": "privcy-url"}, "unknown item"),
        ({"on": "2026-02-30"}, "2026-02-30"),
        ({"on": "20261101"}, "20261101 is not a day"),
        ({"on": "3000-01-01"}, "future"),
        ({"expires": "20270101"}, "20270101 is not a day"),
        ({"expires": "2027-W01-1"}, "2027-W01-1 is not a day"),
        ({"expires": "2026-10-31"}, "before the day"),
        ({"note": "amzn.mws.4ea38b7b-f563-7709-4bae-87aea15c0000"}, "MWSAuthToken"),
        ({"by": "amzn.mws.4ea38b7b-f563-7709-4bae-87aea15c0000"}, "MWSAuthToken"),
        ({"note": "  "}, "empty"),
        ({"note": "a\u202eb"}, "control character"),
        ({"note": "x" * 501}, "501"),
        ({"by": "x" * 201}, "201"),
    ],
)
def test_what_must_not_be_in_git_is_refused_and_not_quoted(fleet, words, text):
    refused = refusal(fleet, **words)
    assert text in str(refused.text)
    assert "4ea38b7b" not in str(refused.text) + str(refused.hint)


def test_the_nearest_item_is_suggested(fleet):
    assert "privacy-url" in str(refusal(fleet, item="privcy-url").hint)
    assert "test-order" in str(refusal(fleet, item="zzz").hint)


def test_an_expired_entry_is_a_note_of_validate_and_plan_and_holds_nothing(fleet):
    attest(fleet, expires="2026-11-02")
    checked = validate_manifests(fleet.session, ValidateRequest())
    planned = fleet.run(plan_changes, PlanRequest())
    for result in (checked, planned):
        (note,) = (each for each in result.diagnostics if each.code is codes.ATTESTATION_EXPIRED)
        assert str(note.origin).startswith(f"{fleet.folder}/shops/_attestations/kyoto-tea.yaml:")
        assert result.exit_code is ExitCode.DONE
    assert KYOTO in checked.valid
    assert [shop.shop for shop in planned.plan.changed] == [KYOTO, UJI]


def test_other_shops_and_shops_that_left_are_not_noted(fleet):
    attest(fleet, expires="2026-11-02")
    only_uji = ValidateRequest(selection=Selection(globs=("uji-*",)))
    assert validate_manifests(fleet.session, only_uji).diagnostics == ()
    (fleet.folder / "shops" / "kyoto-tea.yaml").unlink()
    assert validate_manifests(fleet.session, ValidateRequest()).diagnostics == ()


def test_validate_finds_a_wrong_file_and_plan_goes_on(fleet):
    attest(fleet)
    path = fleet.folder / "shops" / "_attestations" / "kyoto-tea.yaml"
    path.write_text(path.read_text().replace("privacy-url", "privacy-ur"))
    checked = validate_manifests(fleet.session, ValidateRequest())
    assert ([each.code for each in checked.diagnostics], checked.exit_code) == ([codes.UNKNOWN_KEY], ExitCode.ERROR)
    labelled = ValidateRequest(selection=Selection(labels=(("wave", "late"),)))
    assert validate_manifests(fleet.session, labelled).exit_code is ExitCode.DONE
    assert fleet.run(plan_changes, PlanRequest()).exit_code is ExitCode.DONE
    assert attest(fleet).diagnostics == checked.diagnostics
