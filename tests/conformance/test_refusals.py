"""What `backend check` refuses to check, and what it reports where a backend does not do what it should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.conformance.every_check import checked_ids
from reconciler.core.conformance.clauses import CLAUSES
from reconciler.embedded import EmbeddedConfig, create_app
from tests.cli.conftest import Run, run  # noqa: F401  # a fixture
from tests.conformance.shops import SECRET, SEED
from tests.contract.conftest import served
from tests.second_backend.serving import Second, second_backend, serve_second

ROOT = Path(__file__).parents[2]


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    """The address of an embedded backend, and its application."""
    (tmp_path / "shops").mkdir()
    (tmp_path / "seed.json").write_text(json.dumps(SEED))
    monkeypatch.chdir(tmp_path)
    app = create_app(EmbeddedConfig(database=tmp_path / "backend.sqlite", seed=tmp_path / "seed.json"))
    with served(app) as url:
        yield url, app
    app.state.world.close()


async def page_of_html(scope: Any, _receive: Any, send: Any) -> None:
    """As a sign-in page answers everything."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<html>sign in</html>"})


def other_backend(**more: Any) -> Second:
    made = second_backend(seed=SEED, **more)
    made.world.ensure_client("operator", SECRET)
    return made


def words(url: str, *more: str) -> list[str]:
    given = ["--client-id", "operator", "--client-secret", "ref+env://OPERATOR_SECRET"]
    return ["backend", "check", url, "--shop", "first-shop", *given, *more]


def test_every_clause_has_a_check() -> None:
    assert checked_ids() == set(CLAUSES)


def test_wrong_credentials_are_named(backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    ended = run(*words(backend[0]), OPERATOR_SECRET="another")
    assert ended.exit_code == 1
    assert "error[B109]" in ended.stderr


def test_an_unknown_shop_is_named(backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    ended = run(*words(backend[0], "--shop", "no-shop"), OPERATOR_SECRET=SECRET)
    assert ended.exit_code == 1
    assert "error[B108]" in ended.stderr


def test_credentials_of_the_settings_are_not_sent_elsewhere(backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    Path("reconciler.yaml").write_text(
        "backend: {kind: http, url: 'https://admin.platform.example', client_id: operator,"
        " client_secret: ref+env://OPERATOR_SECRET}\n"
    )
    ended = run("backend", "check", backend[0], "--shop", "first-shop", OPERATOR_SECRET=SECRET)
    assert ended.exit_code == 1
    assert "The settings have no credentials for" in ended.stderr


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://admin.platform.example", "would be sent unencrypted"),
        ("ftp://admin.platform.example", "Not an address of a backend"),
        ("http://127.0.0.1:1", "error[B101]"),
    ],
)
def test_an_address_that_cannot_be_checked(url: str, said: str, backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    ended = run(*words(url), OPERATOR_SECRET=SECRET)
    assert ended.exit_code == (4 if "B101" in said else 1)
    assert said in " ".join(ended.stderr.split())


def test_a_secret_on_the_command_line_is_refused(backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    ended = run(
        "backend", "check", backend[0], "--shop", "first-shop", "--client-id", "x", "--client-secret", "hunter2"
    )
    assert ended.exit_code == 1
    assert "hunter2" not in ended.output


def test_a_value_that_cannot_be_restored_is_named_and_ends_all_writing(backend: tuple[str, Any], run: Run) -> None:  # noqa: F811
    url, app = backend
    app.state.faults.add("INTERNAL_ERROR", method="PATCH", path="amazon-settings$", times=500, after=1)
    ended = run(*words(url, "--only", "K206", "--only", "writes", "-o", "json"), OPERATOR_SECRET=SECRET)
    document = json.loads(ended.stdout)
    assert ended.exit_code == 5
    assert [each["field"] for each in document["unrestored"]] == ["amazon-settings notificationEmail"]
    assert document["unrestored"][0]["before"] == "amazon-pay@first.example"
    reasons = {each["reason"] for each in document["clauses"] if each["outcome"] == "not-checked"}
    assert reasons == {"first-shop could not be restored, so nothing more is written"}


def test_a_broken_clause_has_evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    with serve_second(other_backend(breaches=["fence-ignored"])) as url:
        ended = run(*words(url, "--only", "fences", "--only", "versions", "-o", "json"), OPERATOR_SECRET=SECRET)
        text = run(*words(url, "--only", "fences"), OPERATOR_SECRET=SECRET).stdout
        junit = run(*words(url, "--only", "fences", "-o", "junit"), OPERATOR_SECRET=SECRET).stdout
    assert ended.exit_code == 1
    broken = {
        each["id"]: each["evidence"] for each in json.loads(ended.stdout)["clauses"] if each["outcome"] == "broken"
    }
    assert set(broken) == {"K611", "K612"}
    assert broken["K611"] == {
        "request": "PATCH /admin-api/v1/shops/first-shop/amazon-settings",
        "expected": "`412 FENCE_OUTDATED`",
        "found": "status 200",
    }
    assert "expected `412 FENCE_OUTDATED`, found status 200" in " ".join(text.split())
    assert "2 clauses broken; 2 kept" in text
    assert 'failures="2"' in junit


def test_what_is_not_offered_is_not_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    with serve_second(other_backend(offers=[])) as url:
        only = [word for group in ("fences", "audit", "bulk") for word in ("--only", group)]
        ended = run(*words(url, *only, "-o", "json"), OPERATOR_SECRET=SECRET)
    assert ended.exit_code == 0
    assert {each["outcome"] for each in json.loads(ended.stdout)["clauses"]} == {"not-offered"}


def test_a_page_of_html_is_no_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    with served(page_of_html) as url:
        ended = run(*words(url), OPERATOR_SECRET=SECRET)
    assert ended.exit_code == 1
    assert "page of HTML" in " ".join(ended.stderr.split())


def test_the_page_lists_every_clause() -> None:
    page = (ROOT / "docs/conformance.md").read_text()
    for clause in CLAUSES.values():
        assert f"| `{clause.id}` |" in page
        assert str(clause.title) in page


def test_an_unknown_clause_is_a_usage_error(run: Run) -> None:  # noqa: F811
    ended = run(*words("http://127.0.0.1:1", "--only", "fence"), OPERATOR_SECRET=SECRET)
    assert ended.exit_code == 1
    assert "unknown clause or group 'fence'. (Did you mean one of: 'fences', 'feed'?)" in ended.stderr
