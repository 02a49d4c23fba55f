"""Progress of an apply without a terminal: one line per finished shop, requests with -v."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run, write_shop


def places(text: str, *words: str) -> list[int]:
    """The start of each word; all of them occur."""
    assert [word for word in words if word not in text] == []
    return [text.index(word) for word in words]


@pytest.fixture
def two(fleet: Path) -> Path:
    """Two open shops that may be closed."""
    write_shop(fleet, "uji-cups")
    return fleet


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_each_shop_is_printed_once(output: str, two: Path, run: Run) -> None:
    """In the report: progress is about the run as a whole."""
    result = run("apply", "--auto-approve", "-o", output, "-q")
    report = result.stdout if output == "markdown" else result.output
    assert [report.count(shop) for shop in ("kyoto-tea", "uji-cups")] == [1, 1]
    assert "closed for" in report


def test_a_run_of_many_shops_says_how_far_it_has_come(fleet: Path, run: Run) -> None:
    shops = [f"shop-{number:02}" for number in range(40)]
    for shop in shops:
        write_shop(fleet, shop)
    seed = {"shops": [{"shopKey": shop, "entitlements": {"commerceCreator": "RUNNING"}} for shop in shops]}
    (fleet / "seed.json").write_text(json.dumps(seed))
    more = ("--allow", "fleet-share", "--allow", "closed-at-once")
    result = run("apply", "shop-*", "--auto-approve", "-o", "markdown", *more)
    assert result.exit_code == 0
    lines = [line for line in result.stderr.splitlines() if "shops finished" in line]
    assert [int(line.split()[0]) for line in lines] == list(range(4, 40, 4))
    assert all("left" in line for line in lines)


def test_quietly_nothing_is_shown(two: Path, run: Run) -> None:
    assert run("apply", "--auto-approve", "-q").stderr == ""


def test_a_shop_in_which_nothing_is_done_is_no_line(two: Path, run: Run) -> None:
    run("apply", "--auto-approve")
    assert run("apply", "--auto-approve").stderr == ""


def test_requests_are_shown_as_they_are_answered(fleet: Path, run: Run) -> None:
    """Those of the plan before the plan is shown, those of the apply after it."""
    lines = run("apply", "kyoto-tea", "--auto-approve", "-v").stderr
    looked = "GET /admin-api/v1/shops/kyoto-tea/integration 200"
    shown = "write Amazon settings"
    at = places(lines, "POST /oauth/token 200", looked, shown, "PUT /admin-api/v1/shops/kyoto-tea/storefront 200")
    assert at == sorted(at)
    assert lines.count("PUT /admin-api/v1/shops/kyoto-tea/storefront 200") == 2


@pytest.mark.parametrize("words", [("plan",), ("drift",), ("show", "kyoto-tea")])
def test_a_reading_command_reports_them_once(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    assert run(*words, "-v").stderr.count("POST /oauth/token 200") == 1


def test_in_json_they_are_part_of_the_document(fleet: Path, run: Run) -> None:
    result = run("apply", "kyoto-tea", "--auto-approve", "-v", "-o", "json")
    assert "POST" not in result.stderr
    document = json.loads(result.stdout)
    assert [line["method"] for line in document["requests"]].count("PUT") == 2
    assert isinstance(document["shops"][0]["closed_ms"], int)


def test_a_guard_on_the_whole_run_is_reported_once(two: Path, run: Run) -> None:
    """For the run, and not once more under each shop."""
    with (two / "reconciler.yaml").open("a") as settings:
        settings.write("limits: {closed_at_once: 1}\n")
    result = run("apply", "--auto-approve", "-o", "json")
    assert result.exit_code == 3
    report = json.loads(result.stdout)
    assert [finding["slug"] for finding in report["diagnostics"]] == ["closed-at-once"]
    assert {shop["shop"]: (shop["outcome"], shop["diagnostics"]) for shop in report["shops"]} == {
        "kyoto-tea": ("refused", []),
        "uji-cups": ("refused", []),
    }
