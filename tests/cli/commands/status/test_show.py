"""`show`, one field of it, and `explain` of codes and fields."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("merchant_site_url", "https://"),
        ("販売事業者様サイトURL", "https://"),
        ("amazon.enabled", "false\n"),
        ("storefront.status", "open\n"),
        ("ipn_endpoint.registration", "absent\n"),
    ],
)
def test_one_bare_value(field: str, value: str, fleet: Path, run: Run) -> None:
    result = run("show", "kyoto-tea", "--field", field)
    assert result.exit_code == 0
    assert result.stdout.startswith(value)
    assert len(result.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("kyoto-tea", "--field", "amazon.notification.email"), "is not set"),
        (
            ("kyoto-tea", "--field", "amazon.enabld"),
            "unknown field 'amazon.enabld'. (Did you mean one of: 'amazon.enabled'",
        ),
        (("kyoto-tea", "--field", "zzz"), "Available: amazon.enabled"),
        (("kyoto-tea", "--field", "amazon.enabled", "-o", "markdown"), "excludes --output"),
        (("nobody", "--field", "amazon.enabled"), "nobody"),
        (("uji-cups", "--field", "amazon.api.seller_id"), "error[S305]: SellerId"),
    ],
)
def test_no_value(words: tuple[str, ...], message: str, fleet: Path, run: Run) -> None:
    result = run("show", *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in " ".join(result.stderr.split())


def test_a_secret_is_not_printed(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
    result = run("show", "kyoto-tea", "--field", "amazon.api.mws_auth_token")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[S306]: MWSAuthToken" in result.stderr
    assert "is never printed" in result.stderr


def test_a_shop_whose_endpoint_is_missing_shows_the_three_steps(fleet: Path, run: Run) -> None:
    shown = run("show", "kyoto-tea", "--lang", "ja").stderr
    assert "3. " in shown
    assert all(
        label in shown for label in ("インスタント通知設定", "Add an IPN endpoint", "Add IPN endpoint URL", "[更新]")
    )
    assert run("show", "kyoto-tea", "-q").stderr == ""


def table(text: str, schema: str) -> list[dict[str, str]]:
    document = json.loads(text)
    jsonschema.Draft202012Validator(schemas()[schema]()).validate(document)
    found: list[dict[str, str]] = document["rows"]
    return found


def test_codes_for_machines(run: Run) -> None:
    assert len(table(run("explain", "-o", "json").stdout, "codes")) > 50
    (row,) = table(run("explain", "M101", "-o", "json").stdout, "codes")
    assert (row["number"], row["name"], row["severity"]) == ("M101", "unknown-key", "error")
    assert row["example"]
    assert "M101" in run("explain", "M101", "-o", "markdown").stdout


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_a_field_is_explained_in_the_labels_of_the_screens(output: str, run: Run) -> None:
    output_text = run("explain", "seller_central.ipn_endpoint", "-o", output).stdout
    assert "Add an IPN endpoint" in output_text
    assert "インスタント通知設定" in output_text
    (row,) = table(run("explain", "amazon.api.mws_auth_token", "-o", "json").stdout, "fields")
    assert row["manifest_key"] == "amazon.api.mws_auth_token"
    assert "MWS認証トークン" in row["guide"]
    (row,) = table(run("explain", "amazon.enabled", "-o", "json").stdout, "fields")
    assert row["guide"] is None


def test_the_former_screens_are_mapped(run: Run) -> None:
    for output in ("text", "markdown"):
        output_text = run("import", "--mapping", "-o", output).stdout
        assert "Amazonペイメント設定" in output_text
