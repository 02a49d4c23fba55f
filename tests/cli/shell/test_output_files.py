"""`-o KIND[=FILE]`: several outputs of one result, on stdout and in files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.cli.shell.output_kinds import supported_kinds
from tests.cli.conftest import Run, environment, process
from tests.support.forge.remote import git
from tests.views.reports.readers import log_commands


def files(fleet: Path) -> list[str]:
    return sorted(path.name for path in fleet.iterdir() if path.is_file())


def test_each_kind_goes_where_it_was_sent(fleet: Path, run: Run) -> None:
    alone = {kind: run("plan", "-o", kind).stdout for kind in ("text", "markdown", "concise")}
    result = run("plan", "-o", "concise", "-o", "json=plan.json", "--output", "markdown=plan.md", "-o", "text=plan.txt")
    assert result.exit_code == 3
    assert result.stdout == alone["concise"]
    assert json.loads((fleet / "plan.json").read_text())["format"] == "reconciler/plan"
    assert (fleet / "plan.md").read_text() == alone["markdown"]
    assert (fleet / "plan.txt").read_text().endswith(alone["text"])


def test_stdout_has_the_text_where_only_files_are_asked_for(fleet: Path, run: Run) -> None:
    assert run("plan", "-o", "json=plan.json").stdout == run("plan").stdout


def test_a_file_holds_what_is_said_beside_the_result(fleet: Path, run: Run) -> None:
    (fleet / "shops" / "kyoto-tea.yaml").write_text("apiVersion: reconciler/v1\nshop: kyoto-tea\nnonsense: 1\n")
    result = run("plan", "-o", "text=plan.txt", "-o", "concise=plan.log")
    assert "M101" in result.stderr
    text = (fleet / "plan.txt").read_text()
    assert "error[M101]: Unknown key `nonsense`" in text
    assert "3 | nonsense: 1" in text
    assert (fleet / "plan.log").read_text().startswith("shops/kyoto-tea.yaml:3:1: error M101 unknown-key: ")


def test_a_command_that_fails_writes_its_files_too(fleet: Path, run: Run) -> None:
    result = run("plan", "nara-ink", "-o", "json=plan.json", "-o", "markdown=plan.md")
    assert result.exit_code == 1
    assert json.loads((fleet / "plan.json").read_text())["diagnostics"][0]["code"] == "S301"
    assert "S301" in (fleet / "plan.md").read_text()


def test_the_variable_separates_by_comma(fleet: Path, run: Run) -> None:
    result = run("validate", RECONCILER_OUTPUT="json, markdown=a.md ,concise=b.txt,")
    assert json.loads(result.stdout)["format"] == "reconciler/validation"
    assert {"a.md", "b.txt"} <= set(files(fleet))
    assert run("validate", "-o", "concise=c.txt", RECONCILER_OUTPUT="json,markdown=d.md").stdout.startswith(
        "No problems"
    )
    assert "d.md" not in files(fleet)


@pytest.mark.parametrize("target", ["json", "json=-"])
def test_json_on_stdout_also_has_usage_errors(target: str, run: Run) -> None:
    assert json.loads(run("plan", "--grup", "-o", target, "-o", "text=x").stdout)["diagnostics"][0]["code"] == "S202"
    assert json.loads(run("plan", "--grup", RECONCILER_OUTPUT=f"text=x,{target}").stdout)["format"]
    assert run("plan", "--grup", "-o", "json=FILE").stdout == ""


NAMES = ["a=b.json", "-n", "./-", "日本語 .json", " ", "a\nb", "~", "%s", "x" * 255, "sub/../y.json"]


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name(name: str, fleet: Path, run: Run) -> None:
    (fleet / "sub").mkdir()
    result = run("validate", "-o", f"json={name}")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads((fleet / name).read_text())["format"] == "reconciler/validation"


def test_a_link_stays_one_and_no_other_file_is_made(fleet: Path, run: Run) -> None:
    (fleet / "there.json").write_text("old")
    (fleet / "link.json").symlink_to("there.json")
    before = files(fleet)
    assert run("validate", "-o", "json=link.json").exit_code == 0
    assert files(fleet) == before
    assert (fleet / "link.json").is_symlink()
    assert "reconciler/validation" in (fleet / "there.json").read_text()


@pytest.mark.parametrize("file", ["missing/plan.json", "shops", "pipe", "reconciler.yaml/x"])
def test_a_file_that_cannot_be_written_costs_no_other_output(file: str, fleet: Path, run: Run) -> None:
    os.mkfifo(fleet / "pipe")
    result = run("validate", "-o", f"markdown={file}", "-o", "json=good.json")
    assert result.exit_code == 1
    assert result.stdout == "No problems. 2 manifests checked.\n"
    assert result.stderr.startswith(f"error[S203]: The output cannot be written to {file}: ")
    assert json.loads((fleet / "good.json").read_text())["format"] == "reconciler/validation"


def test_a_failure_that_says_more_than_an_unwritten_file_stays(fleet: Path, run: Run) -> None:
    result = run("apply", "uji-cups", "--auto-approve", "-o", "json=missing/report.json")
    assert (result.exit_code, "S203" in result.stderr) == (3, True)
    assert run("drift", "-o", "json=missing/drift.json").exit_code == 1


SLIPS = {
    ("json", "markdown"): "only one output can go to stdout, not json, markdown; write the others to files",
    ("json", "json"): "only one output can go to stdout",
    ("json=a", "markdown=./a"): "two outputs cannot go to one file: a",
    ("json=a", "json=sub/../a"): "two outputs cannot go to one file",
    ("json=",): "'json=' names no file",
    ("=a",): "'' is not one of 'text'",
    ("jsno=a",): "'jsno' is not one of 'text', 'concise', 'json', 'markdown',",
}


@pytest.mark.parametrize(("targets", "message"), SLIPS.items())
def test_a_slip_writes_nothing(targets: tuple[str, ...], message: str, fleet: Path, run: Run) -> None:
    before = files(fleet)
    result = run("plan", *(word for target in targets for word in ("-o", target)))
    assert (result.exit_code, files(fleet)) == (1, before)
    assert message in f"{result.stdout}{result.stderr}"


def test_the_saved_plan_is_another_file(fleet: Path, run: Run) -> None:
    result = run("plan", "--out", "plan.json", "-o", "json=plan.json")
    assert (result.exit_code, "two outputs cannot go to one file" in result.stderr) == (1, True)


def test_the_help_lists_the_kinds(run: Run) -> None:
    for command in ("plan", "leases"):
        words = " ".join(run(command, "--help").stdout.split())
        assert f"KIND: {', '.join(supported_kinds(command))}." in words


def test_completion_offers_kinds_and_files() -> None:
    asked = {"COMP_WORDS": "reconciler plan -o ma", "COMP_CWORD": "3", "_RECONCILER_COMPLETE": "bash_complete"}
    assert process(env=environment(**asked)).stdout == "plain,markdown\n"
    assert process(env=environment(**asked | {"COMP_WORDS": "reconciler plan -o json=pl"})).stdout == "file,pl\n"


def test_a_report_of_a_plan_cannot_be_applied(fleet: Path, run: Run) -> None:
    assert run("plan", "kyoto-tea", "-o", "json=plan.json").exit_code == 0
    result = run("apply", "plan.json", "--auto-approve")
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        "plan.json cannot be used as a plan. It is a report of a plan (`-o json`), which cannot be applied"
        in result.stderr
    )
    assert "help: Create one with plan --out FILE" in result.stderr


@pytest.mark.parametrize("command", ["show kyoto-tea", "history", "resume", "leases", "ipn list", "fmt"])
@pytest.mark.parametrize("kind", ["sarif", "junit", "github", "gitlab-codequality", "gitlab-terraform"])
def test_an_unsupported_kind_lists_the_supported_ones(command: str, kind: str, fleet: Path, run: Run) -> None:
    words = command.split()
    name = "ipn list" if words[0] == "ipn" else words[0]
    for more in (("-o", kind), ("-o", f"{kind}=report")):
        result = run(*words, *more)
        assert (result.exit_code, (fleet / "report").exists()) == (1, False)
        assert f"`{name}` has no output '{kind}'. Supported: {', '.join(supported_kinds(name))}" in result.stderr
    assert "(RECONCILER_OUTPUT):" in run(*words, RECONCILER_OUTPUT=f"text,{kind}=report").stderr


REPORTS = ["sarif", "junit", "gitlab-codequality"]


@pytest.mark.parametrize("command", ["validate", "plan kyoto-tea", "drift", "apply --auto-approve -q"])
def test_every_report_of_one_result(command: str, fleet: Path, run: Run) -> None:
    targets = [word for kind in REPORTS for word in ("-o", f"{kind}={kind}.out")]
    plain = run(*command.split())
    (fleet / "embedded.db").unlink(missing_ok=True)
    result = run(*command.split(), "-o", "github", *targets)
    assert result.exit_code == plain.exit_code or command.startswith("apply")
    assert all((fleet / f"{kind}.out").read_text() for kind in REPORTS)
    category = json.loads((fleet / "sarif.out").read_text())["runs"][0]["automationDetails"]["id"]
    assert category == f"reconciler/{command.split(maxsplit=1)[0]}/production-embedded/"


def test_files_are_named_from_the_root_of_the_clone(fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (fleet / ".git").mkdir()
    moved = fleet / "fleets" / "a"
    moved.mkdir(parents=True)
    for name in ("shops", "reconciler.yaml", "seed.json"):
        (fleet / name).rename(moved / name)
    (moved / "shops" / "kyoto-tea.yaml").write_text("apiVersion: reconciler/v1\nshop: kyoto-tea\nnonsense: 1\n")
    monkeypatch.chdir(moved)
    assert "file=fleets/a/shops/kyoto-tea.yaml,line=3,col=1,endColumn=8," in run("validate", "-o", "github").stdout


@pytest.mark.parametrize("word", ["::error::x", "a\n::set-output name=b::c", "##[group]x", "\x1b[2J", "\u202ex"])
def test_a_word_of_the_command_line_is_not_obeyed(word: str, fleet: Path, run: Run) -> None:
    for words in (
        ("show", "kyoto-tea", word),
        ("plan", word),
        ("plan", "--changed-since", word),
        (word,),
        ("-o", word),
    ):
        result = run(*words)
        assert result.exit_code == 1
        shown = f"{result.stdout}{result.stderr}"
        assert log_commands(shown) == []
        assert all(character.isprintable() or character == "\n" for character in shown)


def test_lines_of_the_pull_request_are_annotated_first(fleet: Path, run: Run) -> None:
    manifests = fleet / "shops"
    git(fleet, "init", "-q", ".")
    for name in ("kyoto-tea", "uji-cups"):
        (manifests / f"{name}.yaml").write_text(f"apiVersion: reconciler/v1\nshop: {name}\nold: 1\n")
    base = committed(fleet)
    file = manifests / "uji-cups.yaml"
    file.write_text(f"{file.read_text()}new: 1\n")
    head = committed(fleet)
    end = {"repo": {"full_name": "example/fleet"}}
    request = {"number": 7, "head": {"sha": head, **end}, "base": {"sha": base, "ref": "main", **end}}
    event = {"repository": {"full_name": "example/fleet", "default_branch": "main"}, "pull_request": request}
    (fleet / "event.json").write_text(json.dumps(event))
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(fleet / "event.json"),
        "GITHUB_REPOSITORY": "example/fleet",
        "GITHUB_REF_NAME": "7/merge",
        "GITHUB_SHA": head,
    }
    places = [
        (command.properties["file"], command.properties["line"])
        for command in log_commands(run("validate", "-o", "github", **job).stdout)
    ]
    assert places == [("shops/uji-cups.yaml", "4"), ("shops/kyoto-tea.yaml", "3"), ("shops/uji-cups.yaml", "3")]


def committed(folder: Path) -> str:
    git(folder, "add", "shops")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")
    return git(folder, "rev-parse", "HEAD")
