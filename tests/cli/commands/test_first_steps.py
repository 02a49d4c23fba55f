"""The commands on a small fleet: what comes out where, and the exit code."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest

from reconciler.adapters.backend.wire.times import JAPAN
from reconciler.embedded import World
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, turn_off, without_run, write_shop
from tests.support.example_fleet import TOKEN


def break_a_manifest(fleet: Path) -> None:
    (fleet / "shops" / "uji-cups.yaml").write_text(
        "apiVersion: reconciler/v1\nshop: uji-cups\namazon:\n  enbled: true\n"
    )


class TestValidate:
    def test_all_is_well(self, fleet: Path, run: Run) -> None:
        result = run("validate")
        assert (result.exit_code, result.stdout, result.stderr) == (0, "No problems. 2 manifests checked.\n", "")

    def test_what_is_wrong_is_the_result(self, fleet: Path, run: Run) -> None:
        break_a_manifest(fleet)
        result = run("validate")
        assert result.exit_code == 1
        assert "error[M101]:" in result.stdout
        assert "--> shops/uji-cups.yaml:4:3\n" in result.stdout
        assert result.stdout.endswith("Found 1 error in 1 of 2 manifests.\n")
        assert result.stderr == ""

    def test_a_scheme_that_is_not_installed_is_known_before_any_secret_is(self, fleet: Path, run: Run) -> None:
        manifest = fleet / "shops" / "kyoto-tea.yaml"
        manifest.write_text(manifest.read_text().replace("ref+env://", "ref+evn://"))
        result = run("validate")
        assert result.exit_code == 1
        assert "[S102]" in result.stdout
        assert "Did you mean ref+env://?" in result.stdout

    def test_secrets_are_looked_for_on_request(self, fleet: Path, run: Run) -> None:
        assert run("validate", FLEET_TOKEN="").exit_code == 0
        result = run("validate", "--with-secrets", FLEET_TOKEN="")
        assert result.exit_code == 1
        assert "[S101]" in result.stdout
        assert run("validate", "--with-secrets").exit_code == 0

    def test_formats(self, fleet: Path, run: Run) -> None:
        break_a_manifest(fleet)
        document = json.loads(run("validate", "-o", "json").stdout)
        jsonschema.Draft202012Validator(schemas()["validation"]()).validate(document)
        assert (document["valid"], document["broken"]) == (["kyoto-tea"], ["uji-cups"])
        assert "`M101 unknown-key`" in run("validate", "-o", "markdown").stdout


class TestPlan:
    def test_differences_on_stdout(self, fleet: Path, run: Run) -> None:
        result = run("plan")
        assert result.exit_code == 3  # a guard holds one of the two shops
        assert "~ amazon.enabled" in result.stdout
        assert "closed for about 3 s" in result.stdout
        assert result.stderr == ""

    def test_a_broken_manifest_is_reported_and_the_others_are_planned(self, fleet: Path, run: Run) -> None:
        break_a_manifest(fleet)
        result = run("plan")
        assert result.exit_code == 1
        assert "kyoto-tea" in result.stdout
        assert "uji-cups" not in result.stdout
        assert result.stderr.startswith("error[M101]:")

    def test_a_guard_is_reported_and_allowed_by_name(self, fleet: Path, run: Run) -> None:
        assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
        turn_off(fleet, "kyoto-tea")
        assert "[G103]" in run("plan").stdout
        assert "[G103]" in run("plan", "--allow", "turning-off:uji-*").stdout
        assert "[G103]" not in run("plan", "--allow", "turning-off:kyoto-*").stdout
        assert "[G103]" not in run("plan", "--allow", "turning-off").stdout

    def test_a_guard_that_the_manifest_decides_is_not_allowed_by_name(self, fleet: Path, run: Run) -> None:
        assert "[G101]" in run("plan").stdout
        refused = run("plan", "--allow", "closing-denied:uji-*")
        assert refused.exit_code == 1
        assert "maintenance.close_shop" in " ".join(refused.stderr.split())

    @pytest.mark.parametrize("words", [("uji-*",), ("-l", "wave=late"), ("-l", "wave=la*", "uji-cups")])
    def test_selection(self, words: tuple[str, ...], fleet: Path, run: Run) -> None:
        document = json.loads(run("plan", *words, "-o", "json").stdout)
        assert [shop["shop"] for shop in document["shops"]] == ["uji-cups"]

    @pytest.mark.parametrize("command", ["validate", "plan", "drift", "apply"])
    @pytest.mark.parametrize("words", [("nope",), ("--label", "wave=nope"), ("--group", "nope")])
    def test_a_selection_of_nothing_is_an_error(
        self, command: str, words: tuple[str, ...], fleet: Path, run: Run
    ) -> None:
        result = run(command, *words)
        assert result.exit_code == 1
        assert "[S301]: No manifest matches" in result.output

    def test_formats(self, fleet: Path, run: Run) -> None:
        result = run("plan", "-o", "json", "-v")
        assert result.stderr == ""
        document = json.loads(result.stdout)
        jsonschema.Draft202012Validator(schemas()["plan"]()).validate(document)
        assert document["requests"][0] == {"method": "POST", "path": "/oauth/token", "status": 200}
        assert "| `~` |" in run("plan", "-o", "markdown").stdout

    def test_the_request_log_is_separate(self, fleet: Path, run: Run) -> None:
        result = run("plan", "-v")
        assert "POST /oauth/token 200\n" in result.stderr
        assert "/oauth/token" not in result.stdout


class TestApply:
    def test_no_terminal(self, fleet: Path, run: Run) -> None:
        result = run("apply", "kyoto-tea")
        assert result.exit_code == 3
        assert "Cannot prompt for approval: stdin is not" in result.stdout
        assert "--auto-approve" in result.stdout
        assert run("plan", "kyoto-tea", "--detailed-exitcode").exit_code == 2

    def test_what_is_approved_is_done(self, fleet: Path, run: Run) -> None:
        result = run("apply", "kyoto-tea", "--auto-approve")
        assert result.exit_code == 0
        assert "\napplied  kyoto-tea" in result.stdout
        assert "~ amazon.enabled" in result.stderr
        assert run("plan", "kyoto-tea").exit_code == 0
        again = run("apply", "kyoto-tea")
        assert (again.exit_code, again.stderr) == (0, "")
        assert again.stdout.endswith("Report: 1 unchanged.\n")

    def test_quiet(self, fleet: Path, run: Run) -> None:
        result = run("apply", "kyoto-tea", "--auto-approve", "-q")
        assert (result.exit_code, result.stderr) == (0, "")

    def test_one_invalid_manifest_and_nothing_is_sent(self, fleet: Path, run: Run) -> None:
        break_a_manifest(fleet)
        result = run("apply", "--auto-approve")
        assert result.exit_code == 1
        assert "error[M101]" in result.stderr
        assert "Nothing was sent" in result.stderr
        assert run("plan", "kyoto-tea", "--detailed-exitcode").exit_code == 2

    def test_what_a_guard_holds_is_not_asked_about(self, fleet: Path, run: Run) -> None:
        result = run("apply", "uji-cups")
        assert result.exit_code == 3
        assert "[G101]" in result.stdout

    def test_partly(self, fleet: Path, run: Run) -> None:
        assert run("apply", "--auto-approve").exit_code == 5

    def test_formats(self, fleet: Path, run: Run) -> None:
        document = json.loads(run("apply", "kyoto-tea", "-o", "json").stdout)
        assert [finding["slug"] for finding in document["diagnostics"]] == ["not-confirmed"]
        result = run("apply", "kyoto-tea", "-o", "json", "--auto-approve")
        assert result.stderr == ""
        document = json.loads(result.stdout)
        jsonschema.Draft202012Validator(schemas()["report"]()).validate(document)
        assert document["summary"]["applied"] == 1
        assert run("apply", "kyoto-tea", "-o", "markdown").stdout.startswith("### Report: 1 unchanged.")


class TestDrift:
    def test_drift(self, fleet: Path, run: Run) -> None:
        run("apply", "kyoto-tea", "--auto-approve")
        assert run("drift", "kyoto-tea").stdout == "No drift in 1 shop.\n"
        assert run("drift", "kyoto-tea").exit_code == 0
        assert run("drift").exit_code == 2

    @pytest.mark.parametrize("output", ["text", "markdown"])
    def test_of_what_is_not_there_nothing_was_compared(self, output: str, fleet: Path, run: Run) -> None:
        result = run("drift", "nosuch", "-o", output)
        assert result.exit_code == 1
        assert "nosuch" in result.output
        assert "none in 0 shops" not in result.output
        assert "Nothing was compared." in result.stdout

    def test_the_hint_for_changes_in_git_is_the_next_apply(self, fleet: Path, run: Run) -> None:
        run("apply", "kyoto-tea", "--auto-approve")
        manifest = fleet / "shops" / "kyoto-tea.yaml"
        manifest.write_text(manifest.read_text().replace("amazon-pay@", "other@"))
        printed = run("drift", "kyoto-tea").stdout
        assert "pending: changed in Git" in printed
        assert "Review `reconciler plan kyoto-tea`, then run `reconciler apply kyoto-tea`" in printed
        assert "into the manifest" not in printed
        opened = World.open(fleet / ".reconciler" / "embedded.db")
        opened.merchant_edits("kyoto-tea", {"mwsAuthToken": "amzn.mws.0b0b0b0b-0000-4000-8000-00000badbabe"})
        opened.close()
        assert "run `reconciler adopt" in run("drift", "kyoto-tea").stdout

    def test_who_changed_it_is_shown_with_the_local_time_and_in_utc_for_machines(self, fleet: Path, run: Run) -> None:
        run("apply", "kyoto-tea", "--auto-approve")
        opened = World.open(
            fleet / ".reconciler" / "embedded.db", clock=lambda: datetime(2026, 11, 24, 12, 56, 17, tzinfo=JAPAN)
        )
        opened.merchant_edits("kyoto-tea", {"notificationEmail": "theirs@kyoto-tea.example"}, by="Hanako")
        opened.close()
        assert "changed 2026-11-24 12:56+09:00 by Hanako (merchant)" in run("drift", "kyoto-tea").stdout
        (shop,) = json.loads(run("drift", "kyoto-tea", "-o", "json").stdout)["shops"]
        assert shop["entries"][0]["changed"]["at"] == "2026-11-24T03:56:17Z"

    def test_a_broken_manifest(self, fleet: Path, run: Run) -> None:
        break_a_manifest(fleet)
        result = run("drift")
        assert result.exit_code == 1
        assert "error[M101]" in result.stderr
        assert "kyoto-tea" in result.stdout

    def test_formats(self, fleet: Path, run: Run) -> None:
        document = json.loads(run("drift", "-o", "json").stdout)
        jsonschema.Draft202012Validator(schemas()["drift"]()).validate(document)
        assert run("drift", "-o", "markdown").stdout.startswith("### Drift detected: 10 fields in 2 shops.")


class TestShow:
    def test_a_shop(self, fleet: Path, run: Run) -> None:
        result = run("show", "kyoto-tea")
        assert result.exit_code == 0
        assert "Amazon設定  設定>連携サービス>Amazon設定" in result.stdout

    def test_a_shop_that_is_not_there(self, fleet: Path, run: Run) -> None:
        result = run("show", "kyoto-tee")
        assert result.exit_code == 1
        assert "[B108]" in result.stdout
        assert "= help: Did you mean kyoto-tea?" in result.stdout

    def test_formats(self, fleet: Path, run: Run) -> None:
        document = json.loads(run("show", "kyoto-tea", "-o", "json", "-v").stdout)
        jsonschema.Draft202012Validator(schemas()["observed"]()).validate(document)
        assert document["shop"] == "kyoto-tea"
        assert run("show", "kyoto-tea", "-o", "markdown").stdout.startswith("### kyoto-tea\n")


@pytest.mark.parametrize(
    "words", [("validate",), ("plan",), ("drift",), ("show", "kyoto-tea"), ("apply", "--auto-approve")], ids=" ".join
)
def test_machine_formats_do_not_change_with_the_language(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n  database: en.db\n")
    english = run(*words, "-o", "json", "--lang", "en")
    (fleet / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n  database: ja.db\n")
    japanese = run(*words, "-o", "json", "--lang", "ja")
    measured = re.compile(r'"closed_ms": \d+')
    assert measured.sub("", without_run(english.stdout)) == measured.sub("", without_run(japanese.stdout))
    assert english.exit_code == japanese.exit_code


@pytest.mark.usefixtures("impatient")
class TestWhatStopsACommand:
    @pytest.mark.parametrize(
        "words", [("validate",), ("plan",), ("apply",), ("drift",), ("show", "kyoto-tea")], ids=" ".join
    )
    def test_wrong_settings(self, words: tuple[str, ...], fleet: Path, run: Run) -> None:
        (fleet / "reconciler.yaml").write_text("bakend: {}\n")
        result = run(*words)
        assert result.exit_code == 1
        assert "[S201]" in result.stderr
        assert result.stdout == ""

    def test_settings_that_are_not_there(self, fleet: Path, run: Run) -> None:
        assert run("plan", "-c", "nope.yaml").exit_code == 1
        assert run("plan", RECONCILER_CONFIG="nope.yaml").exit_code == 1

    @pytest.mark.parametrize("words", [("plan",), ("apply",), ("drift",), ("show", "kyoto-tea")], ids=" ".join)
    def test_a_backend_that_does_not_answer(self, words: tuple[str, ...], fleet: Path, run: Run) -> None:
        nobody_is_there(fleet)
        result = run(*words, FLEET_SECRET="x")
        assert result.exit_code == 4
        assert "[B101]" in result.stderr + result.stdout

    def test_formats(self, fleet: Path, run: Run) -> None:
        nobody_is_there(fleet)
        result = run("plan", "-o", "json", FLEET_SECRET="x")
        assert result.stderr == ""
        document = json.loads(result.stdout)
        jsonschema.Draft202012Validator(schemas()["failure"]()).validate(document)
        assert document["format"] == "reconciler/failure"
        assert "`B101 unreachable`" in run("plan", "-o", "markdown", FLEET_SECRET="x").stdout

    def test_a_secret_of_the_backend_that_is_missing(self, fleet: Path, run: Run) -> None:
        nobody_is_there(fleet)
        result = run("plan")
        assert result.exit_code == 1
        assert "[S101]" in result.stderr


def nobody_is_there(fleet: Path) -> None:
    """The discard port of loopback."""
    (fleet / "reconciler.yaml").write_text(
        "backend:\n  url: http://127.0.0.1:9/\n  client_id: c\n  client_secret: ref+env://FLEET_SECRET\n"
    )


class TestSmallOnes:
    def test_schemas(self, run: Run) -> None:
        names = [line.split()[0] for line in run("schema").stdout.splitlines()]
        assert names == sorted(schemas())
        for name in names:
            jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", name).stdout))

    def test_a_code(self, run: Run) -> None:
        assert run("explain", "m101").stdout == run("explain", "unknown-key").stdout
        assert run("explain", "M101").stdout == (
            "M101  unknown-key  error  Unknown key\n"
            "    for example: Unknown key `enabld` in `amazon`\n"
            "    help: Fix its spelling or delete the line; `reconciler schema shop` lists all keys\n"
        )
        japanese = run("explain", "M101", "--lang", "ja").stdout
        assert japanese.startswith("M101  unknown-key  エラー  マニフェストにないキー\n")
        assert "例:" in japanese
        assert len(run("explain").stdout.splitlines()) > 50

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion(self, shell: str, run: Run) -> None:
        result = run("completion", shell)
        assert result.exit_code == 0
        assert f"_RECONCILER_COMPLETE={shell}_complete" in result.stdout

    def test_environment_variables_are_options(self, fleet: Path, run: Run) -> None:
        assert json.loads(run("validate", RECONCILER_OUTPUT="json").stdout)["format"] == "reconciler/validation"
        assert run("apply", "kyoto-tea", RECONCILER_APPLY_AUTO_APPROVE="1").exit_code == 0


def test_shops_come_and_go(fleet: Path, run: Run) -> None:
    write_shop(fleet, "nara-brush")
    result = run("plan", "nara-brush")
    assert result.exit_code == 1
    assert "[B108]" in result.stdout
    assert "1 shop could not be planned" in result.stdout
    assert TOKEN not in result.output
