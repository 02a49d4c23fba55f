"""Every folder here is a case: manifests and backend data go in; the output for people and machines is in `expected/`.

`shops/` holds the manifests, `world.json` the seed of the embedded backend. `story.txt`, if there is one, says which commands are
run, a line each. A line starting with `merchant` is an edit in the admin screens, one with `git` replaces a text in a manifest,
one with `delete` deletes it, one with `world` is an act of the platform or of Amazon (`world amazon_revokes SHOP`); `files` shows
all manifests. `settings.yaml`, if there is one, is added to the settings.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from reconciler.adapters import clock
from reconciler.cli.app import app
from reconciler.embedded.actors.world import World
from tests.cases.night_clock import RUN, NightClock

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if folder.is_dir() and folder.name[0].isdigit())
STORY = """\
validate
plan
plan --lang ja
plan -o json
plan -o markdown
apply --auto-approve
plan
"""
TOKEN = "amzn.mws.0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"
EXAMPLE_TOKENS = (
    *(HERE.parents[1] / "demo" / "tokens.txt").read_text().split(),
    "HANAMORI_FLOWERS_MWS_AUTH_TOKEN",
    "HANAMORI_GIFTS_MWS_AUTH_TOKEN",
)
"""Those of the example fleet, and what an import calls the one that two of its shops share."""
SUFFIX = {"json": "json", "markdown": "md", "text": "txt"}


# syrupy would have the test's name in that of each file; here the folder and the command name it.
@pytest.mark.filterwarnings("ignore:[\\s\\S]*Consider adding")
@pytest.mark.parametrize("case", CASES)
def test_case(case: str, snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = HERE / case
    shutil.copytree(folder / "shops", tmp_path / "shops", symlinks=True)
    more = (folder / "settings.yaml").read_text() if (folder / "settings.yaml").exists() else ""
    (tmp_path / "reconciler.yaml").write_text(f"embedded:\n  seed: {json.dumps(str(folder / 'world.json'))}\n{more}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clock, "SystemClock", NightClock)
    tokens = {"CASE_TOKEN": TOKEN, **{name: example_token(name) for name in EXAMPLE_TOKENS}}
    for name, token in tokens.items():
        monkeypatch.setenv(name, token)
    outputs = dict(tell(folder, tmp_path))

    for name, text in outputs.items():
        assert not any(token in text for token in tokens.values())
        assert text == snapshot(extension_class=beside(folder, name))
    assert {path.name for path in (folder / "expected").iterdir()} == set(outputs), (
        "a file that no command writes any more"
    )


def example_token(name: str) -> str:
    """One for each merchant of the example fleet; the Hanamori shops are one merchant's."""
    merchant = "HANAMORI" if name.startswith("HANAMORI") else name
    return f"amzn.mws.{uuid.uuid5(uuid.NAMESPACE_URL, merchant)}"


def tell(folder: Path, root: Path) -> Iterator[tuple[str, str]]:
    """Each command's name in `expected/`, and all that it printed."""
    story = folder / "story.txt"
    for number, line in enumerate((story.read_text() if story.exists() else STORY).splitlines(), start=1):
        words = shlex.split(line)
        if words[0] == "merchant":
            shop, *edits = words[1:]
            world = World.open(root / ".reconciler" / "embedded.db", clock=NightClock().now)
            world.merchant_edits(shop, {key: spoken(value) for key, value in (edit.split("=", 1) for edit in edits)})
            world.close()
            continue
        if words[0] == "world":
            world = World.open(root / ".reconciler" / "embedded.db", clock=NightClock().now)
            getattr(world, words[1])(*words[2:])
            world.close()
            continue
        if words[0] == "delete":
            (root / "shops" / f"{words[1]}.yaml").unlink()
            continue
        if words[0] == "git":
            manifest, (old, new) = root / "shops" / f"{words[1]}.yaml", words[2:]
            assert old in manifest.read_text()
            manifest.write_text(manifest.read_text().replace(old, new))
            continue
        if words[0] == "files":
            yield f"{number:02d}-files.txt", written(root / "shops")
            continue
        kind = next((SUFFIX[word] for word in words if word in SUFFIX), "txt")
        name = re.sub(r"[^a-z]+", "-", line.replace("--auto-approve", "")).strip("-")
        yield f"{number:02d}-{name}.{kind}", run(words, line, kind)


def written(folder: Path) -> str:
    """All manifests in their present state, one after the other."""
    files = sorted(folder.rglob("*.yaml"), key=lambda path: path.relative_to(folder).as_posix())
    return "".join(f"--- {path.relative_to(folder).as_posix()}\n{path.read_text()}" for path in files)


def run(words: list[str], line: str, kind: str) -> str:
    environment = {key: None for key in os.environ if key.startswith("RECONCILER_")} | {
        "NO_COLOR": "1",
        "RECONCILER_ACTOR": "hanako",
        "LANG": "C.UTF-8",
    }
    result = CliRunner().invoke(app, words, env=environment, prog_name="reconciler")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    if kind != "txt":
        return steady(result.stdout)
    aside = f"--- stderr\n{RUN.sub('RUN', result.stderr)}" if result.stderr else ""
    return f"$ reconciler {line}\n{result.stdout}{aside}--- exit code {result.exit_code}\n"


def steady(document: str) -> str:
    """Without what differs from run to run and from machine to machine."""
    named = re.sub(r'"(host|tool_version)": "[^"]*"', r'"\1": "..."', document)
    return RUN.sub("RUN", named)


def spoken(text: str) -> object:
    """`true`, `false` and `null` as JSON; other words unchanged."""
    return json.loads(text) if text in {"true", "false", "null"} else text


def beside(folder: Path, name: str) -> type[SingleFileSnapshotExtension]:
    """A snapshot that is the file `name` in the case's own `expected/`."""
    stem, _, suffix = name.rpartition(".")

    class Beside(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = suffix

        @classmethod
        def dirname(cls, *, test_location) -> str:
            return str(folder / "expected")

        @classmethod
        def get_snapshot_name(cls, *, test_location, index=0) -> str:
            return stem

        @classmethod
        def get_file_basename(cls, *, test_location, index) -> str:
            return stem

    return Beside
