"""The README and the other pages fail here when they are wrong: commands, links, the manifest, the settings, the exit codes."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.cli.app import COMMANDS, app
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS
from reconciler.core.model.selection import Selection

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "CHANGELOG.md"})  # it names what was
GUIDES = [page for page in PAGES if page.name != "codes.md" and page.parent.name != "decisions"]
"""Pages with commands for users. The codes hold examples of messages, decisions are about the past."""

_EXAMPLE = re.compile(r"<!-- example: .*?<!-- end -->", re.DOTALL)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_readme_opens_with_the_two_commands_and_the_makefile_has_them() -> None:
    first = blocks("console")[0]

    assert re.findall(r"\$ make (\w+)", first) == ["run", "test"]
    assert README.index(first) < README.index("##")
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"help", "setup", "demo", "run", "test", "check", "bench", "schemas", "clean"} <= set(targets)


def test_ci_runs_the_house_rules_and_then_the_readmes_test_command() -> None:
    lines = (ROOT / ".ci" / "run").read_text().split("\n")

    assert [" ".join(line.split()[1:]) for line in lines if line.startswith("stage ")] == [
        "install make setup-ci",
        "programs both readers secret-programs",
        "check both --output-sync=target check site check-deploy",
        "test make test CHECKED=1",
        "test-system make test-system",
        "screens-hosts-image both test-browser test-hosts test-deploy",
    ]


@cache
def commands() -> dict[str, str]:
    """Each command in a code span or a console block, with the page that shows it."""
    found: dict[str, str] = {}
    for page in GUIDES:
        text = page.read_text(encoding="utf-8")
        spans = re.findall(r"`(reconciler [^`]+)`", text)
        lines = re.findall(
            r"^\$ (?:.*&& )?(reconciler [^#\n]*?)(?: +#.*| &| >.*)?$", _EXAMPLE.sub("", text), re.MULTILINE
        )
        for line in (*spans, *lines):
            found.setdefault(" ".join(line.split()), page.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize("line", sorted(commands()))
def test_every_command_in_a_page_is_understood(line: str) -> None:
    """Each runs with --help after its own words: a command or an option that does not exist is an error."""
    for part in line.split("&&"):
        words = shlex.split(part.partition(">")[0])[1:]
        result = CliRunner().invoke(app, [*words, "--help"], prog_name="reconciler")

        assert words[0] in (*COMMANDS, "--version"), commands()[line]
        assert result.exit_code == 0, f"{commands()[line]}: {result.output}"


def test_the_table_of_commands_is_that_of_the_tool() -> None:
    shown = re.search(r"<!-- commands -->\n(.*?)<!-- end -->", README, re.DOTALL)

    assert shown is not None
    assert re.findall(r"^\| `reconciler ([a-z-]+)", shown[1], re.MULTILINE) == list(COMMANDS)


def test_the_table_of_exit_codes_is_that_of_the_tool() -> None:
    for verdict, meaning in EXIT_CODE_MEANINGS.items():
        assert f"| {verdict.value} | {meaning} |" in README


def test_the_manifest_of_the_readme_is_valid(tmp_path: Path) -> None:
    manifest, settings = blocks("yaml")
    (tmp_path / "shops" / "_groups").mkdir(parents=True)
    (tmp_path / "shops" / "kyoto-tea.yaml").write_text(manifest)
    (tmp_path / "shops" / "_groups" / "standard.yaml").write_text("apiVersion: reconciler/v1\n")

    read = ManifestFolder(tmp_path / "shops").read(Selection())

    assert [str(finding.summary) for finding in read.findings] == []
    assert [shop.shop for shop in read.shops] == ["kyoto-tea"]

    (tmp_path / "reconciler.yaml").write_text(settings)
    assert isinstance(read_settings(tmp_path / "reconciler.yaml"), Settings)


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


@each_page
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text())

    assert [target for target in targets if not (page.parent / target).exists()] == []


@each_page
def test_every_anchor_is_a_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text())

    assert [
        (target, name) for target, name in links if name not in anchors(page.parent / target if target else page)
    ] == []


def anchors(page: Path) -> set[str]:
    """Of each heading, as the forges make them: lower case, without punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    pattern = (
        r"`((?:reconciler|core|adapters|views|cli|embedded|workflows|docs|schemas|tests|demo|bench)/[\w./-]+\.\w+)`"
    )
    named = re.findall(pattern, page.read_text())

    assert [name for name in named if not ((ROOT / name).exists() or (ROOT / "reconciler" / name).exists())] == []
