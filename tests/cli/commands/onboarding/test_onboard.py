"""`onboard`: tables as people write them; each mistake is reported, and nothing is written unless every row is valid."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, command, environment
from tests.support.example_fleet import TOKEN

CLIENT = "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"
ENGLISH = "shop,seller_id,client_id,mws_auth_token,email,labels.wave,pre_order,subscription\n"
JAPANESE = (
    "店舗キー,SellerId(出品者ID),ClientId(クライアントID),MWSAuthToken(MWS認証トークン),"
    "通知メールアドレス,ラベル.wave,予約販売,定期・頒布会販売\n"
)
ROW = f"nara-ink,A1NARAINK00001,{CLIENT},ref+env://NARA_TOKEN,pay@nara-ink.example,first,true,false\n"
OFFLINE = ("--no-check-backend",)


def table(fleet: Path, text: str, *, encoding: str = "utf-8", name: str = "new.csv") -> str:
    (fleet / name).write_bytes(text.encode(encoding))
    return name


def manifest(fleet: Path, shop: str = "nara-ink") -> str:
    return (fleet / "shops" / f"{shop}.yaml").read_text()


def files(fleet: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in (fleet / "shops").rglob("*") if path.is_file()}


def world(fleet: Path, **shops: dict[str, object]) -> None:
    """The backend's shops, in place of those of the fleet."""
    seed = [{"shopKey": key.replace("_", "-"), "entitlements": has} for key, has in shops.items()]
    (fleet / "seed.json").write_text(json.dumps({"shops": seed}))


class TestATable:
    @pytest.mark.parametrize("header", [ENGLISH, JAPANESE])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
    @pytest.mark.parametrize(("sign", "name"), [(",", "new.csv"), ("\t", "new.tsv")])
    def test_becomes_a_manifest_a_row(  # noqa: PLR0917  # what a table may differ in
        self, header: str, encoding: str, sign: str, name: str, fleet: Path, run: Run
    ) -> None:
        text = (header + ROW.replace("true,false", "する,しない")).replace(",", sign)
        result = run("onboard", table(fleet, text, encoding=encoding, name=name), *OFFLINE)
        assert result.exit_code == 0, result.output
        assert result.stdout == (
            "+ nara-ink  shops/nara-ink.yaml\n"
            "Onboarded 1 row: 1 created; the backend was not read.\nTo continue: `reconciler plan`\n"
        )
        assert "seller_id: A1NARAINK00001\n" in manifest(fleet)
        assert "subscription: false\n" in manifest(fleet)
        assert run("validate", "nara-ink").exit_code == 0
        assert run("fmt", "--check", "nara-ink").exit_code == 0

    def test_keys_are_explained_once_for_all_manifests(self, fleet: Path, run: Run) -> None:
        rows = "shop,seller_id\nnara-ink,A1NARAINK00001\nuji-ink,A1UJIINK000001\n"
        result = run("onboard", table(fleet, rows), *OFFLINE)
        assert "shops/_defaults.yaml was created: it explains the keys of all manifests\n" in result.stderr
        defaults = (fleet / "shops" / "_defaults.yaml").read_text()
        assert "#       seller_id: SellerId(出品者ID)\n" in defaults
        assert "#" not in manifest(fleet, "nara-ink") + manifest(fleet, "uji-ink")
        assert (run("validate").exit_code, run("fmt", "--check", "_defaults").exit_code) == (0, 0)

    def test_a_shared_file_of_others_stays_and_files_of_shops_get_no_notes(self, fleet: Path, run: Run) -> None:
        shared = "apiVersion: reconciler/v1\n# ours\n# seller_id: SellerId(出品者ID)\n"
        (fleet / "shops" / "_defaults.yaml").write_text(shared)
        text = "shop,seller_id,email\nnara-ink,A1NARAINK00001,pay@nara-ink.example\n"
        run("onboard", table(fleet, text), *OFFLINE)
        assert (fleet / "shops" / "_defaults.yaml").read_text() == shared
        assert "seller_id: A1NARAINK00001\n" in manifest(fleet)
        assert "#" not in manifest(fleet)

    def test_a_reference_of_an_unknown_scheme_is_reported(self, fleet: Path, run: Run) -> None:
        text = "店舗キー,MWSAuthToken\nnara-ink,ref+azuresecrets://kv/nara-ink\n"
        result = run("onboard", table(fleet, text), *OFFLINE)
        assert result.exit_code != 0
        assert "[S102]" in result.stderr
        assert not (fleet / "shops" / "nara-ink.yaml").exists()

    def test_a_row_that_ends_early_is_reported(self, fleet: Path, run: Run) -> None:
        result = run("onboard", table(fleet, "店舗キー,MWSAuthToken,予約販売\nnara-ink,pre-set\n"), *OFFLINE)
        assert result.exit_code != 0
        assert "The row ends after 2 of 3 cells" in result.stderr
        assert not (fleet / "shops" / "nara-ink.yaml").exists()

    def test_again_changes_nothing(self, fleet: Path, run: Run) -> None:
        name = table(fleet, ENGLISH + ROW)
        run("onboard", name, *OFFLINE)
        before = files(fleet)
        assert ": 1 unchanged" in run("onboard", name, *OFFLINE).stdout
        assert run("onboard", name, *OFFLINE, "--check").exit_code == 0
        assert files(fleet) == before

    def test_a_changed_row_changes_its_value_and_nothing_else(self, fleet: Path, run: Run) -> None:
        run("onboard", table(fleet, ENGLISH + ROW), *OFFLINE)
        text = (
            manifest(fleet)
            .replace("A1NARAINK00001", "A1NARAINK00001 # checked by phone")
            .replace("shop:", "# ours\nshop:")
        )
        (fleet / "shops" / "nara-ink.yaml").write_text(text)
        result = run("onboard", table(fleet, ENGLISH + ROW.replace("A1NARAINK00001", "A1NARAINK00002")), *OFFLINE)
        assert ": 1 changed;" in result.stdout
        assert manifest(fleet) == text.replace("A1NARAINK00001", "A1NARAINK00002")

    def test_what_was_started_is_completed(self, fleet: Path, run: Run) -> None:
        """As after a run that ended while it put its files in place. Rows of empty cells are none."""
        name = table(fleet, "shop,email\n,\n" + "".join(f"s-{n},\n" for n in range(5)))
        run("onboard", name, *OFFLINE)
        for n in (1, 3):
            (fleet / "shops" / f"s-{n}.yaml").unlink()
        assert "2 created, 3 unchanged" in run("onboard", name, *OFFLINE).stdout

    def test_as_markdown(self, fleet: Path, run: Run) -> None:
        name = table(fleet, "shop\nnara-ink\nkyoto-tea\n")
        page = run("onboard", name, "--check", "-o", "markdown", *OFFLINE).stdout
        assert "| `+` | nara-ink | shops/nara-ink.yaml | SellerId, " in page
        assert "kyoto-tea" not in page
        assert "\n```diff\n" in page
        assert "\n| " not in run("onboard", table(fleet, "shop\nkyoto-tea\n"), "-o", "markdown", *OFFLINE).stdout

    def test_an_empty_cell_leaves_what_is_there(self, fleet: Path, run: Run) -> None:
        before = manifest(fleet, "kyoto-tea")
        result = run("onboard", table(fleet, "shop,email\nkyoto-tea,\n"), *OFFLINE)
        assert ": 1 unchanged" in result.stdout
        assert manifest(fleet, "kyoto-tea") == before

    def test_a_new_shop_starts_with_the_template_and_the_group(self, fleet: Path, run: Run) -> None:
        (fleet / "shops" / "_groups").mkdir()
        (fleet / "shops" / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\n")
        (fleet / "schemas").mkdir()
        (fleet / "schemas" / "shop.schema.json").write_text("{}")
        (fleet / "begin.yaml").write_text(
            "# yaml-language-server: $schema=x\n# by onboarding\namazon:\n  enabled: false # until approved\n"
        )
        words = ("--template", "begin.yaml", "--group", "standard", *OFFLINE)
        assert run("onboard", table(fleet, "shop,seller_id\nnara-ink,A1NARAINK00001\n"), *words).exit_code == 0
        assert manifest(fleet) == (
            "# yaml-language-server: $schema=../schemas/shop.schema.json\n# by onboarding\n"
            "apiVersion: reconciler/v1\nshop: nara-ink\ngroup: standard\n"
            "amazon:\n  enabled: false # until approved\n"
            "  api:\n    seller_id: A1NARAINK00001\n"
        )

    def test_a_schema_that_is_not_there_is_not_named(self, fleet: Path, run: Run) -> None:
        (fleet / "begin.yaml").write_text("# yaml-language-server: $schema=x\namazon: {enabled: false}\n")
        name = table(fleet, "shop\nnara-ink\n")
        assert "JSON Schema" not in run("onboard", name, "--check", *OFFLINE).stderr
        reported = run("onboard", name, "--template", "begin.yaml", *OFFLINE).stderr
        assert "`mkdir -p schemas && reconciler schema shop > schemas/shop.schema.json`" in reported
        assert manifest(fleet).startswith("apiVersion:")
        assert "JSON Schema" not in run("onboard", name, *OFFLINE).stderr

    def test_a_template_that_is_not_in_order(self, fleet: Path, run: Run) -> None:
        (fleet / "begin.yaml").write_text("amazon: {enabled: no}\n")
        result = run("onboard", table(fleet, ENGLISH + ROW), "--template", "begin.yaml", *OFFLINE)
        assert result.exit_code == 1
        assert "error[M016]" in result.stderr
        assert "--> begin.yaml:1:19\n" in result.stderr

    def test_check_shows_and_writes_nothing(self, fleet: Path, run: Run) -> None:
        before = files(fleet)
        result = run("onboard", table(fleet, ENGLISH + ROW), "--check", *OFFLINE)
        assert result.exit_code == 2
        assert "+shop: nara-ink" in result.stdout
        assert "Onboarding of 1 row: 1 to create; the backend was not read; nothing was written." in result.stdout
        assert files(fleet) == before

    def test_owners_become_lines_of_codeowners(self, fleet: Path, run: Run) -> None:
        text = "shop,担当\nnara-ink,org/shops someone@example.com\nuji-cups,\n"
        result = run("onboard", table(fleet, text), "--codeowners", *OFFLINE)
        assert result.stdout == "/shops/nara-ink.yaml @org/shops someone@example.com\n"
        assert "Onboarded 2 rows: 1 created" in result.stderr

    def test_the_columns_are_shown(self, run: Run) -> None:
        result = run("onboard", "--columns")
        assert result.exit_code == 0
        assert "SellerId(出品者ID)" in result.stdout
        assert "CODEOWNERS" in result.stdout
        document = json.loads(run("onboard", "--columns", "-o", "json").stdout)
        jsonschema.validate(document, schemas()["onboarding-columns"]())
        rows = document["rows"]
        assert {"column": "owner", "manifest_key": "CODEOWNERS"}.items() <= rows[-3].items()

    def test_the_table_must_be_named(self, fleet: Path, run: Run) -> None:
        assert "Missing argument TABLE." in run("onboard").stderr


class TestWhatIsMissing:
    def test_items_of_the_screen(self, fleet: Path, run: Run) -> None:
        result = run("onboard", table(fleet, "shop,seller_id\nnara-ink,A1NARAINK00001\n"), *OFFLINE)
        assert result.exit_code == 0
        assert "missing: ClientId, MWSAuthToken, Notification email\n" in result.stdout

    def test_applications_are_read_from_the_backend(self, fleet: Path, run: Run) -> None:
        world(fleet, nara_ink={"payOption": False, "amazonContract": False, "commerceCreator": "DISABLED"})
        result = run("onboard", table(fleet, ENGLISH + ROW), "--check-backend", "-v")
        assert result.exit_code == 0, result.output
        line = result.stdout.splitlines()[0]
        assert "Amazon Pay option, Contract with Amazon, Commerce Creator" in line
        assert "asked" not in result.stdout
        methods = {line.split()[0] for line in result.stderr.splitlines() if "/admin-api/" in line}
        assert methods == {"GET"}

    def test_a_shop_that_the_backend_does_not_know_stops_all(self, fleet: Path, run: Run) -> None:
        before = files(fleet)
        result = run("onboard", table(fleet, ENGLISH + ROW))
        assert result.exit_code == 1
        assert "error[B108]" in result.stderr
        assert "--> new.csv:2:1\n" in result.stderr
        assert files(fleet) == before

    def test_and_is_reported_with_a_suggestion(self, fleet: Path, run: Run) -> None:
        world(fleet, nara_inc={})
        result = run("onboard", table(fleet, ENGLISH + ROW))
        assert "= help: Did you mean nara-inc?" in result.stderr

    @pytest.mark.usefixtures("impatient")
    def test_a_backend_that_does_not_answer(self, fleet: Path, run: Run) -> None:
        (fleet / "reconciler.yaml").write_text(
            "backend: {url: 'http://127.0.0.1:9', client_id: a, client_secret: ref+env://FLEET_TOKEN}\n"
        )
        name = table(fleet, ENGLISH + ROW)
        assert run("onboard", name, "--check-backend").exit_code == 4
        assert not (fleet / "shops" / "nara-ink.yaml").exists()
        result = run("onboard", name)
        assert result.exit_code == 0
        assert "The backend was not read" in result.stderr


class TestWhatIsRefused:
    SLIPS = (
        (f"{ROW}{ROW}", "error[M303]: Shop `nara-ink` is already on line 2"),
        ('nara-ink,"=HYPERLINK(1)",,,,,,\n', "[M304]: 'seller_id' starts with '='"),
        ("nara-ink,,,,+81,,,\n", "[M304]: 'email' starts with '+'"),
        ("nara-ink,,,,,-1,,\n", "[M304]: 'labels.wave' starts with '-'"),
        ("nara-ink,,,,@SUM,,,\n", "[M304]: 'email' starts with '@'"),
        ("nara-ink,,,,\uff1dA1,,,\n", "[M304]: 'email' starts with '='"),
        (f"nara-ink,,,{TOKEN},,,,\n", "[M108]: 'mws_auth_token' contains a text that may be the secret"),
        ("nara-ink, A1NARAINK00001,,,,,,\n", "[M302]: 'seller_id': it has spaces or line breaks"),
        ("Nara,,,,,,,\n", "[M302]: 'shop'"),
        (",A1NARAINK00001,,,,,,\n", "[M302]: The row has no shop key"),
        ("nara-ink,,,,,,perhaps,\n", "[M302]: Unknown word 'perhaps' in 'pre_order'"),
        ("nara-ink,,,,,,,,one,two\n", "[M302]: The row has 10 cells and the header 8"),
    )

    @pytest.mark.parametrize(
        ("rows", "reported"), SLIPS, ids=[reported.partition(":")[0] + f"-{n}" for n, (_, reported) in enumerate(SLIPS)]
    )
    def test_each_by_name_and_nothing_is_written(self, rows: str, reported: str, fleet: Path, run: Run) -> None:
        before = files(fleet)
        good = ROW.replace("nara-ink", "nara-brush")
        result = run("onboard", table(fleet, ENGLISH + rows + good), *OFFLINE)
        assert result.exit_code == 1
        assert reported in result.stderr
        assert result.stdout.startswith("Nothing was written: 1 error;")
        assert files(fleet) == before

    def test_a_missing_group_is_reported_at_the_row(self, fleet: Path, run: Run) -> None:
        result = run("onboard", table(fleet, "shop,group\nnara-ink,nope\n"), *OFFLINE)
        assert result.exit_code == 1
        assert "error[M110]" in result.stderr
        assert "--> new.csv:2:2\n" in result.stderr

    def test_a_broken_manifest_is_reported_at_itself(self, fleet: Path, run: Run) -> None:
        (fleet / "shops" / "uji-cups.yaml").write_text("apiVersion: reconciler/v1\nshop: uji-cups\nnope: 1\n")
        result = run("onboard", table(fleet, "shop,email\nuji-cups,a@b.example\n"), *OFFLINE)
        assert result.exit_code == 1
        assert "error[M101]" in result.stderr
        assert "--> shops/uji-cups.yaml:3:1\n" in result.stderr

    def test_mixed_encodings(self, fleet: Path, run: Run) -> None:
        mixed = (JAPANESE + ROW).encode() + "uji-cups,,,,,,,しない\n".encode("cp932")
        (fleet / "new.csv").write_bytes(mixed)
        result = run("onboard", "new.csv", *OFFLINE)
        assert result.exit_code == 1
        assert "error[M306]" in result.stderr
        assert "--> new.csv:3:1\n" in result.stderr

    @pytest.mark.parametrize("text", ["", "a,b\nc,d\n", "\n"])
    def test_a_table_without_shops(self, text: str, fleet: Path, run: Run) -> None:
        result = run("onboard", table(fleet, text), *OFFLINE)
        assert result.exit_code == 1
        assert "[M306]" in result.stderr

    def test_an_owner_that_is_none(self, fleet: Path, run: Run) -> None:
        result = run("onboard", table(fleet, "shop,owner\nnara-ink,@org/team\nuji-cups,a b!\n"), *OFFLINE)
        assert "error[M304]: '@org/team' is not a valid owner" in result.stderr
        assert "--> new.csv:2:2\n" in result.stderr
        assert "error[M302]: 'b!' is not a valid owner" in result.stderr
        assert "--> new.csv:3:2\n" in result.stderr

    def test_a_row_that_is_wrong_is_counted_for_duplicates_as_well(self, fleet: Path, run: Run) -> None:
        rows = "nara-ink,Wrong,,,,,,\nuji-cups,,,,,,perhaps,\nnara-ink,,,,nobody,,,\n,A1NARAINK00001,,,,,,\n"
        result = run("onboard", table(fleet, ENGLISH + rows), *OFFLINE, "-o", "concise")
        reported = [line.partition(": error ")[::2] for line in result.stderr.splitlines() if ": error " in line]
        assert [(place, text.split(":")[0]) for place, text in reported] == [
            ("new.csv:2:2", "M302 row"),
            ("new.csv:3:7", "M302 row"),
            ("new.csv:4:1", "M303 row-twice"),
            ("new.csv:4:5", "M302 row"),
            ("new.csv:5:1", "M302 row"),
        ]

    @pytest.mark.parametrize("text", ["seller_id\nA1NARAINK00001\n", "shop,remarks of ours\nnara-ink,x\n"])
    def test_the_columns_are_shown_by_this_command(self, text: str, fleet: Path, run: Run) -> None:
        reported = run("onboard", table(fleet, text), *OFFLINE).stderr
        assert "`reconciler onboard --columns` lists the supported columns" in reported
        assert "--mapping" not in reported

    def test_every_tenth_row_of_a_long_table(self, fleet: Path, run: Run) -> None:
        rows = (f"s-{n},{'=1' if n % 10 == 0 else 'A1EXAMPLE234567'}\n" for n in range(2000))
        document = json.loads(
            run("onboard", table(fleet, "shop,seller_id\n" + "".join(rows)), *OFFLINE, "-o", "json").stdout
        )
        assert [finding["location"]["line"] for finding in document["diagnostics"]] == list(range(2, 2002, 10))
        assert (document["rows"], document["summary"]["rows"]) == ([], 2000)
        assert len(files(fleet)) == 2


class TestRejects:
    ROWS = (
        ROW
        + "uji-ink,A1UJI00000001,,,pay@uji-ink.example,,perhaps,\n"
        + f"osaka-ink,A1OSAKA0000001,{CLIENT},{TOKEN},,,,\n"
        + "kobe-ink,A1KOBE00000001,,,a@kobe-ink.example,,,\nkobe-ink,A1KOBE00000001,,,b@kobe-ink.example,,,\n"
    )

    def onboard(self, fleet: Path, run: Run, *words: str, name: str = "new.csv") -> Result:
        return run("onboard", name, "--rejects", "rejects.csv", *OFFLINE, *words)

    def test_valid_rows_become_manifests_and_the_others_a_table_that_says_why(self, fleet: Path, run: Run) -> None:
        table(fleet, ENGLISH + self.ROWS)
        result = self.onboard(fleet, run)
        assert result.exit_code == 1
        assert "1 created; 4 rows were rejected" in result.stdout
        assert [path for path in files(fleet) if "-ink" in path] == [str(fleet / "shops" / "nara-ink.yaml")]
        header, *rows = csv.reader((fleet / "rejects.csv").read_text("utf-8-sig").splitlines())
        assert header == [*ENGLISH.strip().split(","), "problem"]
        assert [(row[0], row[3], row[4]) for row in rows] == [
            ("uji-ink", "", "pay@uji-ink.example"),
            ("osaka-ink", "", ""),  # a text that may be the token itself is not copied
            ("kobe-ink", "", "a@kobe-ink.example"),
            ("kobe-ink", "", "b@kobe-ink.example"),
        ]
        assert rows[0][-1].startswith("Unknown word 'perhaps' in 'pre_order' (expected one of ")
        assert [row[-1] for row in rows[2:]] == [
            "Shop `kobe-ink` is also on line 6",
            "Shop `kobe-ink` is already on line 5",
        ]

    def test_the_corrected_table_is_read_again_until_nothing_is_left(self, fleet: Path, run: Run) -> None:
        table(fleet, ENGLISH + self.ROWS)
        self.onboard(fleet, run)
        rejects = fleet / "rejects.csv"
        lines = rejects.read_text("utf-8-sig").splitlines()
        rejects.write_text("\n".join([*lines[:2], *lines[3:4]]).replace("perhaps", "する") + "\n")
        result = self.onboard(fleet, run, name="rejects.csv")
        assert (result.exit_code, "2 created" in result.stdout) == (0, True)
        assert rejects.read_text("utf-8-sig") == ENGLISH.strip() + ",problem\n"
        assert self.onboard(fleet, run, name="rejects.csv").exit_code == 0

    def test_in_japanese(self, fleet: Path, run: Run) -> None:
        table(fleet, JAPANESE + "nara-ink,A1NARAINK00001,,,,,たぶん,\n")
        self.onboard(fleet, run, "--lang", "ja")
        header, row = csv.reader((fleet / "rejects.csv").read_text("utf-8-sig").splitlines())
        assert header[-1] == "不備"
        assert "期待される内容" in row[-1]

    def test_a_check_writes_no_file(self, fleet: Path, run: Run) -> None:
        table(fleet, ENGLISH + self.ROWS)
        before = files(fleet)
        assert "4 rows were rejected" in self.onboard(fleet, run, "--check").stdout
        assert (files(fleet), (fleet / "rejects.csv").exists()) == (before, False)

    def test_another_file_is_not_replaced(self, fleet: Path, run: Run) -> None:
        table(fleet, ENGLISH + self.ROWS)
        (fleet / "rejects.csv").write_text("my,own\n1,2\n")
        before = files(fleet)
        result = self.onboard(fleet, run)
        assert result.exit_code == 1
        assert "rejects.csv exists, and is not a table of rejected rows" in result.stderr
        assert (files(fleet), (fleet / "rejects.csv").read_text()) == (before, "my,own\n1,2\n")

    def test_a_column_that_is_wrong_stops_all_rows(self, fleet: Path, run: Run) -> None:
        table(fleet, "seller_id\nA1NARAINK00001\n")
        before = files(fleet)
        assert self.onboard(fleet, run).exit_code == 1
        assert (files(fleet), (fleet / "rejects.csv").exists()) == (before, False)


def test_the_document_has_its_schema(fleet: Path, run: Run) -> None:
    schema = schemas()["onboarding"]()
    name = table(fleet, "shop,owner\nnara-ink,org\n")
    for words in (("--check",), ("-v",), ()):
        document = json.loads(run("onboard", name, *words, *OFFLINE, "-o", "json").stdout)
        jsonschema.validate(document, schema)
        assert document["rows"][0]["owners"] == ["@org"]
        assert document["rows"][0]["missing"][0]["location"]["file"] == "new.csv"


@pytest.mark.parametrize("token", ["pre-set", "ref+file:///run/secrets/nara"])
def test_a_masked_token_changes_none_that_a_manifest_declares(token: str, fleet: Path, run: Run) -> None:
    manifest = f"apiVersion: reconciler/v1\nshop: nara-ink\namazon:\n  api:\n    mws_auth_token: {token}\n"
    (fleet / "shops" / "nara-ink.yaml").write_text(manifest)

    result = run("onboard", table(fleet, "shop,MWSAuthToken\nnara-ink,********\n"), *OFFLINE)
    assert ": 1 unchanged" in result.stdout


def test_a_fault_of_the_table_is_not_one_of_the_backend(fleet: Path, run: Run) -> None:
    result = run("onboard", table(fleet, 'shop,seller_id\n"nara-ink,A1NARAINK00001\nuji-cups,A1UJICUPS00001\n'))
    assert result.exit_code == 1
    assert "M306" in result.output
    assert "The backend was not read" not in result.output


def interrupted_while_writing(fleet: Path, name: str) -> tuple[int, bytes]:
    """The exit code, and what it says on stderr."""
    child = subprocess.Popen(command("onboard", name, *OFFLINE), cwd=fleet, env=environment(), stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not any((fleet / "shops").glob(".reconciler-*/*")) and child.poll() is None and time.monotonic() < deadline:
        os.sched_yield()
    child.send_signal(signal.SIGINT)
    _, reported = child.communicate(timeout=60)
    return child.returncode, reported.strip()


def test_an_interruption_in_the_middle_writes_nothing_and_the_same_command_completes(fleet: Path, run: Run) -> None:
    """Ctrl-C as soon as the first file lies beside its place. Where the machine is busy, files may be in their places by then,
    each of them whole: then once more.
    """
    rows = "".join(f"s-{n},A1EXAMPLE234567\n" for n in range(5000))
    name = table(fleet, "shop,seller_id\n" + rows)
    before = files(fleet)
    ended = [interrupted_while_writing(fleet, name)]
    while files(fleet) != before and len(ended) < 10:
        for path in files(fleet).keys() - before.keys():
            (fleet / path).unlink()
        ended.append(interrupted_while_writing(fleet, name))

    assert ended[-1] == (1, b"Interrupted.")
    assert files(fleet) == before
    assert list((fleet / "shops").glob(".*")) == []

    result = run("onboard", name, *OFFLINE)
    assert "5,000 created" in result.stdout
