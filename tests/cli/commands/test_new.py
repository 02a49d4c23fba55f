"""`new`: a manifest to fill in, and never over an existing one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run


def written(fleet: Path, shop: str = "nara-ink") -> str:
    return (fleet / "shops" / f"{shop}.yaml").read_text()


def schema(fleet: Path) -> None:
    (fleet / "schemas").mkdir()
    (fleet / "schemas" / "shop.schema.json").write_text("{}")


def group(fleet: Path, text: str) -> None:
    (fleet / "shops" / "_groups").mkdir()
    (fleet / "shops" / "_groups" / "standard.yaml").write_text(f"apiVersion: reconciler/v1\n{text}")


def test_it_is_valid_and_says_what_to_fill_in(fleet: Path, run: Run) -> None:
    result = run("new", "nara-ink")
    assert (result.exit_code, result.stdout) == (0, "Created shops/nara-ink.yaml; 3 values are missing.\n")
    assert "warning[M205]: SellerId (`amazon.api.seller_id`) is missing" in result.stderr
    assert "warning[M205]: Notification email" in result.stderr
    assert "--> shops/nara-ink.yaml:10:3" in result.stderr
    assert "mws_auth_token: ref+env://NARA_INK_MWS_AUTH_TOKEN" in written(fleet)
    assert run("validate").exit_code == 0
    assert run("fmt", "--check", "nara-ink").exit_code == 0


def test_a_placeholder_is_refused_until_it_is_filled_in(fleet: Path, run: Run) -> None:
    """Nothing that the tool wrote as a placeholder may go live as a shop's own."""
    schema(fleet)
    run("new", "nara-ink")
    lines = written(fleet).splitlines()
    filled = [lines[0], *(line.replace("# ", "", 1) if line.lstrip().startswith("#") else line for line in lines[1:])]
    (fleet / "shops" / "nara-ink.yaml").write_text("\n".join(filled) + "\n")
    result = run("validate", "nara-ink")
    assert result.exit_code == 1
    for line, place in ((7, "amazon.api.seller_id"), (8, "amazon.api.client_id"), (11, "amazon.notification.email")):
        assert re.search(rf"error\[M105\]: `{place}`.*\n +--> shops/nara-ink\.yaml:{line}:\d+\n", result.stdout)
    valid = written(fleet).replace("<SellerId>", "A1NARAINK00001").replace("<domain>", "example")
    valid = valid.replace("<ClientId>", "amzn1.application-oa2-client.4b001a493072c10efe6a019a48af85dd")
    (fleet / "shops" / "nara-ink.yaml").write_text(valid)
    assert run("validate", "nara-ink").exit_code == 0
    assert run("fmt", "--check", "nara-ink").exit_code == 0


def test_editors_are_led_to_a_schema_that_is_there(fleet: Path, run: Run) -> None:
    made = "mkdir -p schemas && reconciler schema shop > schemas/shop.schema.json"
    assert f"`{made}`" in run("new", "nara-ink").stderr
    assert "$schema" not in written(fleet)
    schema(fleet)
    assert "JSON Schema" not in run("new", "uji-ink").stderr
    assert written(fleet, "uji-ink").startswith("# yaml-language-server: $schema=../schemas/shop.schema.json\n")


def test_a_shop_that_has_a_manifest_is_refused(fleet: Path, run: Run) -> None:
    before = written(fleet, "kyoto-tea")
    result = run("new", "kyoto-tea")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("refused[M204]: ")
    assert written(fleet, "kyoto-tea") == before


def test_also_one_in_a_folder_below(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "nara").mkdir()
    (fleet / "shops" / "nara" / "nara-ink.yaml").write_text("apiVersion: reconciler/v1\nshop: nara-ink\n")
    assert run("new", "nara-ink").exit_code == 3
    assert not (fleet / "shops" / "nara-ink.yaml").exists()


def test_values_of_the_group_are_omitted(fleet: Path, run: Run) -> None:
    group(fleet, "amazon:\n  enabled: true\n  notification:\n    email: pay@shops.example\n")
    result = run("new", "nara-ink", "--group", "standard")
    assert result.stdout == "Created shops/nara-ink.yaml; 2 values are missing.\n"
    assert "group: standard" in written(fleet)
    assert "enabled" not in written(fleet)
    assert "email" not in written(fleet)


def test_a_group_that_is_not_there_writes_nothing(fleet: Path, run: Run) -> None:
    result = run("new", "nara-ink", "--group", "nope")
    assert result.exit_code == 1
    assert result.stderr == (
        "error[M110]: Unknown group `nope`\n"
        "  --> nara-ink\n"
        "   = note: expected a file in _groups, which is empty\n"
        "   = help: Use another group, or create the file _groups/nope.yaml\n"
    )
    assert not (fleet / "shops" / "nara-ink.yaml").exists()


def test_another_shop_is_copied_without_its_identity(fleet: Path, run: Run) -> None:
    assert run("new", "nara-ink", "--from", "kyoto-tea").exit_code == 0
    text = written(fleet)
    assert "wave: canary" in text
    assert "close_shop: allow" in text
    assert "FLEET_TOKEN" not in text
    assert "# seller_id: <SellerId>" in text
    assert "ref+env://NARA_INK_MWS_AUTH_TOKEN" in text


def test_another_shop_that_is_not_there(fleet: Path, run: Run) -> None:
    result = run("new", "nara-ink", "--from", "nope")
    assert result.exit_code == 1
    assert "`nope` has no manifest that could be used as a template" in result.stderr
    assert "= help: Select a shop by its key; shops are the files in shops" in result.stderr
    assert "= help: Did you mean kyoto-tea?" in run("new", "nara-ink", "--from", "kyoto-te").stderr
    assert not (fleet / "shops" / "nara-ink.yaml").exists()


def test_another_shop_that_is_not_in_order(fleet: Path, run: Run) -> None:
    """Reported where it can be fixed: a file that is not written has no lines."""
    (fleet / "shops" / "uji-cups.yaml").write_text(
        "apiVersion: reconciler/v1\nshop: uji-cups\namazon: {enabld: true}\n"
    )
    result = run("new", "nara-ink", "--from", "uji-cups")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[S307]: ")
    assert "= help: `reconciler validate uji-cups` shows its errors" in result.stderr
    (fleet / "shops" / "uji-cups.yaml").write_text("# uji\napiVersion: reconciler/v1\nshop: uji-cups\ngroup: nope\n")
    result = run("new", "nara-ink", "--from", "uji-cups")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[M110]: ")
    assert "--> shops/uji-cups.yaml:4:8\n" in result.stderr
    assert "--> nara-ink\n" in run("new", "nara-ink", "--from", "uji-cups", "--group", "none").stderr


def test_a_key_that_is_none(fleet: Path, run: Run) -> None:
    result = run("new", "Nara_Ink")
    assert result.exit_code == 1
    assert "invalid shop key" in result.stderr


def test_the_document_has_its_schema(fleet: Path, run: Run) -> None:
    document = json.loads(run("new", "nara-ink", "-o", "json").stdout)
    jsonschema.validate(document, schemas()["new"]())
    assert document["file"] == "shops/nara-ink.yaml"
    document = json.loads(run("new", "nara-ink", "-o", "json").stdout)
    jsonschema.validate(document, schemas()["new"]())
    assert document["file"] is None


def test_as_markdown(fleet: Path, run: Run) -> None:
    page = run("new", "nara-ink", "-o", "markdown").stdout
    assert page.startswith("### Created shops/nara-ink.yaml; 3 values")
    assert "M205 to-fill-in" in page
    assert run("new", "nara-ink", "-o", "markdown").stdout.startswith("- **refused**")


def test_nothing_is_left_to_fill_in(fleet: Path, run: Run) -> None:
    schema(fleet)
    group(
        fleet,
        "amazon:\n  api:\n    seller_id: A1EXAMPLE234567\n    client_id:"
        " amzn1.application-oa2-client.0123456789abcdef0123456789abcdef\n    mws_auth_token: ref+env://FLEET_TOKEN\n"
        "  notification:\n    email: pay@shops.example\n",
    )
    result = run("new", "nara-ink", "--group", "standard")
    assert (result.stdout, result.stderr) == ("Created shops/nara-ink.yaml; no value is missing.\n", "")


def test_the_first_manifest_of_a_folder_that_is_not_there_yet(tmp_path: Path, run: Run, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "nara-ink").exit_code == 0
    assert run("validate").exit_code == 0
