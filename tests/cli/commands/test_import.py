"""`reconciler import` as people and pipelines use it: on the embedded backend, with real files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.core.values import ShopKey
from reconciler.views.json.schema import document_schema
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, command, environment
from tests.support.example_fleet import TOKEN

CLIENT = "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"


def live(shop: str, **settings: object) -> dict[str, object]:
    """A shop in which Amazon Pay is on."""
    own = {
        "useAmazon": True,
        "sellerId": "A1EXAMPLE234567",
        "clientId": CLIENT,
        "mwsAuthToken": {"env": "FLEET_TOKEN"},
        "notificationEmail": f"pay@{shop}.example",
    }
    entitled = {"commerceCreator": "RUNNING", "subscriptionApplications": True}
    return {"shopKey": shop, "entitlements": entitled, "amazonSettings": own | settings, "payment": {"preOrder": False}}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shops = [live("kyoto-tea"), live("uji-cups"), live("nara-ink", mwsAuthToken={"state": "PRE_SET"})]
    (tmp_path / "seed.json").write_text(json.dumps({"shops": shops}))
    (tmp_path / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\npace:\n  requests_per_second: 1000\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root / "shops").as_posix(): path.read_text()
        for path in sorted((root / "shops").rglob("*.yaml"))
    }


def all_tokens() -> dict[str, str]:
    return {"KYOTO_TEA_MWS_AUTH_TOKEN": TOKEN, "UJI_CUPS_MWS_AUTH_TOKEN": TOKEN}


def test_from_nothing_to_a_plan_that_is_empty(world: Path, run: Run) -> None:
    imported = run("import", **all_tokens())

    assert imported.exit_code == 0, imported.output
    assert "Verified: the plan for 3 shops is empty" in imported.stdout
    assert imported.stderr == ""
    assert run("plan", **all_tokens()).exit_code == 0
    assert run("validate").exit_code == 0
    assert not any(TOKEN in text for text in manifests(world).values())


def test_a_check_ends_with_2_where_files_would_change_and_0_where_not(world: Path, run: Run) -> None:
    before = run("import", "--check")
    assert (before.exit_code, (world / "shops").exists()) == (2, False)
    assert "+++ shops/kyoto-tea.yaml" in before.stdout

    assert run("import").exit_code == 0
    assert run("import", "--check").exit_code == 0


def test_only_what_differs_changes_and_comments_stay(world: Path, run: Run) -> None:
    run("import")
    manifest = world / "shops" / "kyoto-tea.yaml"
    ours = manifest.read_text().replace("email: pay@kyoto-tea.example", "email: old@kyoto-tea.example # ours")
    manifest.write_text(ours)

    result = run("import", "--check", "kyoto-*")
    assert result.exit_code == 2
    assert "-    email: old@kyoto-tea.example # ours\n+    email: pay@kyoto-tea.example # ours\n" in result.stdout
    assert run("import", "kyoto-*").exit_code == 0
    assert manifest.read_text() == ours.replace("old@", "pay@")


def test_the_operator_gets_a_list_of_secrets_to_provide(world: Path, run: Run) -> None:
    result = run("import", "--secret-pattern", "ref+env://PAY_{SHOP}")

    assert result.exit_code == 0
    assert "The manifests refer to 1 secret:\n" in result.stdout
    assert "  kyoto-tea  ref+env://PAY_KYOTO_TEA  not provided yet\n" in result.stdout
    assert "  uji-cups   ref+env://PAY_KYOTO_TEA  not provided yet\n" in result.stdout
    assert "nara-ink" not in result.stdout.partition("The manifests refer to")[2]
    assert "[M307]" in result.stderr


def test_a_token_of_another_shop_is_not_verified(world: Path, run: Run) -> None:
    other = "amzn.mws.11111111-0000-4000-8000-000000000000"
    result = run("import", "kyoto-tea", KYOTO_TEA_MWS_AUTH_TOKEN=other)

    assert result.exit_code == 1
    assert "shops/kyoto-tea.yaml:" in result.stderr
    assert "the secret of ref+env://KYOTO_TEA_MWS_AUTH_TOKEN differs from the backend's" in result.stderr
    assert other not in result.output


def test_the_document_has_its_schemas_shape(world: Path, run: Run) -> None:
    for words in (("--check",), (), ("-v",), ("--check", "nobody-*")):
        document = json.loads(run("import", "-o", "json", *words).stdout)
        jsonschema.Draft202012Validator(document_schema("import")).validate(document)
    assert run("schema", "import").exit_code == 0


def test_a_report_for_a_pull_request(world: Path, run: Run) -> None:
    result = run("import", "-o", "markdown", "--check")

    assert result.exit_code == 2
    assert result.stdout.startswith("### Import of 3 shops: ")
    assert "```diff" in result.stdout


def test_a_backend_that_answered_for_some_shops_is_not_unreachable() -> None:
    silent = diagnostic(codes.UNREACHABLE, msg("for the test"))

    assert ImportResult(diagnostics=(silent,)).exit_code is ExitCode.UNREACHABLE
    assert ImportResult(shops=(ShopKey("kyoto-tea"),), diagnostics=(silent,)).exit_code is ExitCode.ERROR


def test_another_folder(world: Path, run: Run) -> None:
    (world / "schemas").mkdir()
    (world / "schemas" / "shop.schema.json").write_text("{}")
    result = run("import", "--into", "fleet/live", "--flat")

    assert result.exit_code == 0
    assert sorted(path.name for path in (world / "fleet" / "live").iterdir()) == [
        "kyoto-tea.yaml",
        "nara-ink.yaml",
        "uji-cups.yaml",
    ]
    assert "$schema=../../schemas/shop.schema.json" in (world / "fleet" / "live" / "kyoto-tea.yaml").read_text()


def test_a_schema_that_is_not_there_is_not_named(world: Path, run: Run) -> None:
    run("import", "--into", "live")

    files = sorted((world / "live").rglob("*.yaml"))
    assert files
    assert [file.name for file in files if "$schema" in file.read_text()] == []


def test_a_folder_that_cannot_be_written(world: Path, run: Run) -> None:
    result = run("import", "--into", "/proc/shops")

    assert result.exit_code == 1
    assert "[M201]" in result.stderr


def test_a_backend_that_does_not_answer_ends_with_4_and_leaves_nothing(world: Path, run: Run, impatient: None) -> None:
    (world / "reconciler.yaml").write_text("backend:\n  url: http://127.0.0.1:9\n")
    result = run("import", RECONCILER_BACKEND_SECRET="secret")

    assert result.exit_code == 4
    assert not (world / "shops").exists()


EXPORT = """\
店舗キー,Amazon設定>利用設定,Amazonペイメント設定>使用設定,SellerId(出品者ID),MWSAuthToken(MWS認証トークン),予約販売,決済表示名
kyoto-tea,設定する,設定する,A1EXAMPLE234567,********,設定しない,アマゾン
nara-ink,利用する,利用する,A1EXAMPLE234567,Pre-Set_with_information_from_Amazon,利用しない,アマゾン
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_an_export_of_the_former_admin(encoding: str, world: Path, run: Run) -> None:
    (world / "old.csv").write_bytes(EXPORT.encode(encoding))
    result = run("import", "--from", "old.csv", **all_tokens())

    assert result.exit_code == 0, result.output
    assert "note[M305]: Column '決済表示名' is not imported" in result.stderr
    assert list(manifests(world)) == ["_defaults.yaml", "kyoto-tea.yaml", "nara-ink.yaml"]
    assert "mws_auth_token: pre-set" in manifests(world)["nara-ink.yaml"]
    assert "Verified: the plan for 2 shops is empty" in result.stdout


def test_rows_that_cannot_be_mapped_are_reported_by_line_and_nothing_is_written(world: Path, run: Run) -> None:
    rows = f"kyoto-tea,設定する,,{TOKEN},,,\nuji-cups,=1+1,,A1EXAMPLE234567,{TOKEN},,\nuji-cups,たぶん,,,,,\n"
    (world / "old.csv").write_text(EXPORT.splitlines()[0] + "\n" + rows)
    result = run("import", "--from", "old.csv", "-o", "concise")

    assert result.exit_code == 1
    assert not (world / "shops").exists()
    lines = [
        line.split(" ")[0] for line in result.stderr.splitlines() if line.startswith("old.csv:") and " error " in line
    ]
    assert lines == [f"old.csv:{cell}:" for cell in ("2:4", "3:1", "3:2", "3:5", "4:1", "4:2")]
    assert "--partial" in run("import", "--from", "old.csv").stderr


def test_an_export_that_is_no_table(world: Path, run: Run) -> None:
    (world / "old.csv").write_bytes(b"PK\x03\x04")

    result = run("import", "--from", "old.csv")
    assert result.exit_code == 1
    assert "error[M306]: It is in the spreadsheet program's own format" in result.stderr
    assert "--> old.csv:1:1\n" in result.stderr


@pytest.mark.parametrize("pattern", ["ref+env://TOKEN", "{SHOP}", "ref+env://{SHOP}_{x}"])
def test_a_pattern_that_cannot_name_secrets_is_a_slip(pattern: str, world: Path, run: Run) -> None:
    result = run("import", "--secret-pattern", pattern)

    assert result.exit_code == 1
    assert "invalid pattern for secret names" in result.stderr


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_the_mapping_is_shown_without_settings_or_backend(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("import", "--mapping", "-o", output)

    assert result.exit_code == 0
    assert "使用設定" in result.stdout
    if output == "json":
        jsonschema.validate(json.loads(result.stdout), schemas()["import-mapping"]())


def test_ctrl_c_leaves_whole_files_or_none_and_the_next_import_completes(world: Path, run: Run) -> None:
    """Slow on purpose: the proof reads each shop a second time, a second later."""
    (world / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n")
    with subprocess.Popen(
        command("import", "-v"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        while "integration" not in running.stderr.readline():
            pass
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)

    assert (running.returncode, "Interrupted." in said) == (1, True)
    left = manifests(world) if (world / "shops").exists() else {}
    assert all(text.endswith("\n") for text in left.values())
    assert [path.name for path in world.rglob(".reconciler-*")] == []
    assert run("import").exit_code == 0
    assert len(manifests(world)) >= 3


ENDED = """
import os, signal, anyio
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import Unreachable
from reconciler.workflows.import_ import run
async def end(*_):
    {how}
    await anyio.sleep_forever()
run.verify_import = end
from reconciler.cli import main
main()
"""
"""The files are written; the verification, which reads the shops a second time, comes to no end."""


@pytest.mark.parametrize("words", [("import",), ("import", "--init")], ids=" ".join)
@pytest.mark.parametrize(
    ("how", "code"), [("os.kill(os.getpid(), signal.SIGINT)", 1), ("raise Unreachable(msg('no answer'))", 4)]
)
def test_an_end_after_the_files_are_written_says_so_and_the_same_command_continues(
    how: str, code: int, words: tuple[str, ...], world: Path, run: Run
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDED.format(how=how), *words],
        env=environment(), capture_output=True, timeout=60, check=False, text=True,
    )  # fmt: skip
    count = len(manifests(world))
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.splitlines()[0] == (
        f"Files written: {count}; the import was not verified. To continue, run the same command again: it keeps these files"
        " and writes what is missing"
    )
    again = run(*words, **all_tokens())
    assert (again.exit_code, count) == (0, len(manifests(world)))
    assert "manifests already match the backend" in again.stdout


def test_no_groups_and_groups_by_a_label_are_not_both_meant(world: Path, run: Run) -> None:
    result = run("import", "--flat", "--group-by", "wave")
    assert (result.exit_code, (world / "shops").exists()) == (1, False)
    assert "--flat and --group-by exclude each other" in result.stderr


def test_new_shops_in_no_group_are_named_where_there_are_groups(world: Path, run: Run) -> None:
    (world / "shops" / "_groups").mkdir(parents=True)
    (world / "shops" / "_groups" / "standard.yaml").write_text(
        "apiVersion: reconciler/v1\nmaintenance:\n  close_shop: deny\n"
    )
    assert "no group" not in run("import", "kyoto-tea", "--flat", "--check", **all_tokens()).output
    assert "no group" not in run("import", "nara-ink", "--into-group", "standard", **all_tokens()).output
    imported = run("import", "kyoto-tea", "uji-cups", **all_tokens())
    assert imported.exit_code == 0
    assert "New shops in no group (2): kyoto-tea, uji-cups." in imported.stderr
    assert "(available: standard)" in imported.stderr
    assert "no group" not in run("import", **all_tokens()).output


def test_init_keeps_what_import_says_about_groups(world: Path, run: Run) -> None:
    (world / "shops" / "_groups").mkdir(parents=True)
    (world / "shops" / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\n")
    imported = run("import", "kyoto-tea", "--init", "--ci", "gitlab", **all_tokens())
    assert "New shops in no group (1): kyoto-tea." in imported.stderr
    assert "doctor ci" in imported.stderr
