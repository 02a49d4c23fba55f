"""`onboard --status` as people call it: tables, mails, files for spreadsheets, and words that do not fit together."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import Result

from reconciler.adapters.store.db.database import open_store
from reconciler.adapters.store.db.inbox_tables import ipn_captures
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run

ATTESTED = (
    "apiVersion: reconciler/v1\nshop: {shop}\nattested:\n  test-order:\n    by: Hanako\n    date: '2026-01-05'\n{more}"
)


def shops(result: Result) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    jsonschema.validate(document, schemas()["onboarding-status"]())
    return {shop["shop"]: shop for shop in document["shops"]}


def status(run: Run, *words: str) -> dict[str, dict[str, Any]]:
    return shops(run("onboard", "--status", *words, "-o", "json"))


def state(shop: dict[str, Any], item: str) -> str:
    return next(each["state"] for each in shop["items"] if each["item"] == item)


def table(name: str, *rows: str) -> str:
    Path(name).write_text("\n".join(("店舗キー,通知メールアドレス", *rows)) + "\n")
    return name


def attest(shop: str, more: str = "") -> None:
    folder = Path("shops/_attestations")
    folder.mkdir(exist_ok=True)
    (folder / f"{shop}.yaml").write_text(ATTESTED.format(shop=shop, more=more))


def test_each_shop_says_what_is_missing_and_who_acts(fleet: Path, run: Run) -> None:
    found = status(run)
    assert set(found) == {"kyoto-tea", "uji-cups"}
    assert (state(found["kyoto-tea"], "manifest"), found["kyoto-tea"]["acts_first"]) == ("done", "us")
    assert found["kyoto-tea"]["place"] == "shops/kyoto-tea.yaml"
    assert run("apply", "kyoto-tea", "--auto-approve", "--allow", "fleet-share").exit_code == 0
    assert {item for item in ("token", "live") if state(status(run)["kyoto-tea"], item) == "done"} == {"token", "live"}


def test_the_time_stays_from_one_status_to_the_next_and_the_page_shows_the_last(fleet: Path, run: Run) -> None:
    first = status(run)["uji-cups"]
    assert first["since"] is not None
    assert status(run)["uji-cups"]["since"] == first["since"]
    (fleet / ".reconciler/journal.db").unlink()
    (fleet / ".reconciler/journal.db").mkdir()
    result = run("onboard", "--status", "-o", "json")
    assert "F107" not in result.output
    assert "F110" in result.output
    assert json.loads(result.stdout)["recorded"] is False
    assert shops(result)["uji-cups"]["since"] is None


def test_shops_that_are_only_in_a_table_are_shown_with_their_row(fleet: Path, run: Run) -> None:
    found = status(run, table("new.csv", "nara-ink,pay@nara.example", "kyoto-tea,"))
    assert (found["nara-ink"]["state"], found["nara-ink"]["place"]) == ("shop-unknown", "new.csv:2")
    assert found["kyoto-tea"]["row"] == {"file": "new.csv", "line": 3}
    assert next(iter(found)) == "nara-ink"


def test_rows_that_changed_or_are_twice_are_named_with_both_places(fleet: Path, run: Run) -> None:
    new, more = table("new.csv", "kyoto-tea,a@b.example", "uji-cups,"), table("more.csv", "kyoto-tea,")
    twice = run("onboard", "--status", new, more)
    assert (twice.exit_code, "more.csv:2" in twice.stderr, "new.csv:2" in twice.stderr) == (0, True, True)
    table("new.csv", "uji-cups,", "kyoto-tea,other@b.example")
    changed = run("onboard", "--status", "new.csv", "-o", "concise")
    assert "M311" in changed.stderr
    assert "new.csv:3:1" in changed.stderr
    assert "new.csv:2" in changed.stderr
    assert "uji-cups" not in changed.stderr
    table("new.csv", "uji-cups,")
    assert "is gone; at the last status it was new.csv:3" in run("onboard", "--status", "new.csv").stderr


def test_a_test_order_is_one_that_was_paid_or_one_that_a_person_attests(fleet: Path, run: Run) -> None:
    attest("uji-cups", more="    expires: '2026-01-31'\n")
    assert state(status(run)["uji-cups"], "test-order") == "expired"
    assert "attestation expired on 2026-01-31" in run("onboard", "--status").stdout
    attest("uji-cups")
    store = open_store(fleet / ".reconciler/inbox.db")
    with store.writing() as connection:
        row = {"shop": "kyoto-tea", "capture": "S1-C1", "reference": "S1", "state": "Completed", "completed": True}
        moment = datetime(2026, 11, 28, tzinfo=UTC)
        more = {"updated": moment, "amount": 1, "currency": "JPY", "source": "notification"}
        connection.execute(ipn_captures.insert().values(**row, **more))
    store.close()
    found = status(run)
    assert {shop: state(each, "test-order") for shop, each in found.items()} == {
        "kyoto-tea": "done",
        "uji-cups": "done",
    }


def test_a_secret_that_is_not_on_this_machine_is_unknown_and_no_merchant_is_asked_for_it(fleet: Path, run: Run) -> None:
    found = shops(run("onboard", "--status", "-o", "json", FLEET_TOKEN=""))
    assert {state(each, "token") for each in found.values()} == {"unknown"}
    assert all("token" not in task["items"] for each in found.values() for task in each["merchant_tasks"])


def test_an_invalid_manifest_is_a_missing_one_and_stops_nothing(fleet: Path, run: Run) -> None:
    (fleet / "shops/uji-cups.yaml").write_text("apiVersion: reconciler/v1\nshop: uji-cups\namazn: {}\n")
    found = status(run)
    assert [state(found[shop], "manifest") for shop in ("kyoto-tea", "uji-cups")] == ["done", "missing"]


@pytest.mark.usefixtures("impatient")
def test_a_backend_that_is_down_ends_with_4_and_still_shows_git(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(
        "backend: {kind: http, url: 'http://127.0.0.1:9', client_id: a, client_secret: ref+env://FLEET_TOKEN}\n"
    )
    result = run("onboard", "--status")
    assert result.exit_code == 4
    assert "The backend was not read, which concerns 2 of the shops" in result.stderr
    assert "Onboarding of 2 shops: 2 not read." in result.stdout


class TestAMail:
    def test_is_japanese_unless_english_is_asked_for(self, fleet: Path, run: Run) -> None:
        (fleet / "shops/uji-cups.yaml").write_text(
            "apiVersion: reconciler/v1\nshop: uji-cups\nlabels: {name: Uji_Cups.2}\namazon: {enabled: true}\n"
        )
        mail = run("onboard", "--status", "--mail", "uji-cups").stdout
        assert mail.startswith("件名: 【Amazon Pay】Uji_Cups.2様")
        assert "Uji_Cups.2 ご担当者様" in mail
        assert "MWS認証トークン" in mail
        assert run("onboard", "--status", "--mail", "uji-cups", RECONCILER_LANG="en").stdout == mail
        english = run("onboard", "--status", "--mail", "uji-cups", "--lang", "en").stdout
        assert english.startswith("Subject: Amazon Pay")
        assert "do not send it to us by mail" in english
        for word in ("manifest", "マニフェスト", "yaml", "ref+", "reconciler"):
            assert word not in mail + english

    def test_is_not_written_where_the_merchant_has_nothing_to_do(self, fleet: Path, run: Run) -> None:
        table("new.csv", "nara-ink,")
        result = run("onboard", "--status", "new.csv", "--mail", "nara-ink")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "No mail is needed" in result.stderr

    def test_of_a_shop_that_is_not_there_suggests_another(self, fleet: Path, run: Run) -> None:
        result = run("onboard", "--status", "--mail", "kyoto-te")
        assert result.exit_code == 1
        assert "Did you mean kyoto-tea?" in result.stderr

    def test_in_a_folder_is_one_for_each_merchant_and_old_ones_are_named(self, fleet: Path, run: Run) -> None:
        Path("mails").mkdir()
        Path("mails/former.txt").write_text("old")
        result = run("onboard", "--status", "--mail-folder", "mails")
        assert (result.exit_code, "former.txt" in result.stderr) == (0, True)
        assert sorted(file.name for file in Path("mails").iterdir()) == ["former.txt", "kyoto-tea.txt", "uji-cups.txt"]
        assert Path("mails/kyoto-tea.txt").read_text().startswith("件名: ")

    def test_as_json_follows_its_schema(self, fleet: Path, run: Run) -> None:
        document = json.loads(run("onboard", "--status", "--mail", "kyoto-tea", "-o", "json").stdout)
        jsonschema.validate(document, schemas()["onboarding-mail"]())
        assert document["language"] == "ja"


def test_a_file_for_spreadsheets_has_a_byte_order_mark_and_stdout_has_none(fleet: Path, run: Run) -> None:
    result = run("onboard", "--status", "-o", "csv", "-o", "csv=status.csv", "--lang", "ja")
    assert Path("status.csv").read_bytes() == b"\xef\xbb\xbf" + result.stdout_bytes
    assert "店舗,状態,次の対応者" in result.stdout


def test_as_markdown(fleet: Path, run: Run) -> None:
    assert "| incomplete | kyoto-tea |" in run("onboard", "--status", "-o", "markdown").stdout


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--mail", "kyoto-tea"), "need --status"),
        (("--status", "--mail", "kyoto-tea", "--mail-folder", "mails"), "either --mail or --mail-folder"),
        (("--status", "--check"), "--check cannot be combined with --status"),
        (("--status", "--mail", "kyoto-tea", "-o", "csv"), "cannot be written as csv"),
        (("a.csv", "b.csv"), "one TABLE at a time"),
        (("a.csv", "-o", "csv"), "available with --status only"),
        ((), "Missing argument TABLE"),
        (("--status", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(words: tuple[str, ...], text: str, fleet: Path, run: Run) -> None:
    result = run("onboard", *words)
    assert result.exit_code == 1
    assert text in result.stderr
