"""A small fleet on the embedded backend, and the tool run on it: in this process, or in a separate process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.lowlevel
import pytest
from click.testing import CliRunner, Result

from reconciler.adapters.clock import SystemClock
from reconciler.cli.app import app
from reconciler.cli.shell.exit_code_table import exit_codes_of
from tests.support.example_fleet import MANIFEST, TOKEN

if TYPE_CHECKING:
    from reconciler.embedded import World
    from tests.cli.served_shops import Gate

Run = Callable[..., Result]
Copy = Callable[[Callable[[Path], object]], Path]


def without_run(document: str) -> str:
    """A JSON document without who ran the command, which differs from run to run."""
    return re.sub(r'\n  "run": (\{.*?\n  \}|null),', "", document, count=1, flags=re.DOTALL)


def environment(**more: str) -> dict[str, str]:
    """Ours without what the machine's own says of languages and colours."""
    foreign = ("RECONCILER_", "LC_", "LANG", "NO_COLOR", "FORCE_COLOR", "_RECONCILER", "GITHUB_", "GITLAB_", "CI_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return own | {"COLUMNS": "80", "LANG": "C.UTF-8", "PYTHONUTF8": "1", "FLEET_TOKEN": TOKEN} | more


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two open shops that have not heard of Amazon; one of them may not be closed."""
    write_fleet(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_fleet(root: Path) -> None:
    (root / "shops").mkdir()
    write_shop(root, "kyoto-tea")
    write_shop(root, "uji-cups", wave="late", closing="deny")
    shops = [{"shopKey": name, "entitlements": {"commerceCreator": "RUNNING"}} for name in ("kyoto-tea", "uji-cups")]
    (root / "seed.json").write_text(json.dumps({"shops": shops}))
    (root / "reconciler.yaml").write_text("embedded:\n  seed: seed.json\n")


def write_shop(root: Path, shop: str, *, wave: str = "canary", closing: str = "allow") -> None:
    (root / "shops" / f"{shop}.yaml").write_text(MANIFEST.format(shop=shop, wave=wave, closing=closing))


def turn_off(root: Path, shop: str) -> None:
    """In its manifest: 利用設定 of a live shop, which a guard holds."""
    file = root / "shops" / f"{shop}.yaml"
    file.write_text(file.read_text().replace("enabled: true", "enabled: false"))


@pytest.fixture
def run() -> Run:
    """The tool in this process; stdin is not a terminal. An exception that gets out is a fault."""

    def run(*words: str, **more: str) -> Result:
        own = environment(**more)
        gone = dict.fromkeys(set(os.environ) - set(own))
        result = CliRunner().invoke(app, words, env=gone | own, prog_name="reconciler")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert TOKEN not in result.output
        assert result.exit_code in exit_codes_of(
            " ".join(words[:2])
            if words[:1]
            in {("ipn",), ("serve",), ("runs",), ("config",), ("key",), ("findings",), ("secrets",), ("store",)}
            else "".join(words[:1])
        )
        return result

    return run


@pytest.fixture
def copy_of(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """A folder as a function fills it, now the working directory. It fills one, the working directory then, which is copied for
    each test of the module.
    """

    def copy_of(fill: Callable[[Path], object]) -> Path:
        made = tmp_path_factory.getbasetemp() / f"{fill.__module__}.{fill.__qualname__}"
        if not made.exists():
            unfinished = tmp_path_factory.mktemp("unfinished")
            monkeypatch.chdir(unfinished)
            fill(unfinished)
            unfinished.rename(made)
        folder = Path(shutil.copytree(made, tmp_path / "fleet"))
        monkeypatch.chdir(folder)
        return folder

    return copy_of


class Impatient(SystemClock):
    async def sleep(self, seconds: float) -> None:
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tool would wait before it asks the backend again, it asks at once."""
    monkeypatch.setattr("reconciler.wiring.backends.clock", Impatient)


def process(*words: str, env: dict[str, str] | None = None, **options: object) -> subprocess.CompletedProcess[str]:
    """The tool as a process of its own."""
    return subprocess.run(
        command(*words), env=env or environment(), text=True, capture_output=True, check=False, timeout=60, **options
    )  # type: ignore[call-overload,no-any-return]


def command(*words: str) -> list[str]:
    return [str(Path(sys.executable).parent / "reconciler"), *words]


@pytest.fixture
def shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[World, Gate]]:
    """Open shops that have not heard of Amazon, at a served backend; its writes to closed shops can be held up."""
    from tests.cli.served_shops import served_shops  # noqa: PLC0415  # it uses what is above

    with served_shops(tmp_path, monkeypatch) as made:
        yield made
