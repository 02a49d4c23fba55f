"""Test the packages in `dist/` as a user would: the wheel in a new environment, outside the source tree.

First the lists of files: the source distribution holds everything in Git, the wheel the data files. Then the wheel is installed
in a temporary folder, and the main job runs there on a fleet of one shop, in English and in Japanese. So does the first half of
the tutorial, as its pages have it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import uuid
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

from reconciler import __version__
from tests.docs.commands.session import Failed
from tests.docs.commands.site import FIRST_HALF, JAPANESE_TUTORIAL
from tests.docs.commands.walk import run

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"
EXTRAS = "embedded"
"""The extra of the default backend. Nothing else is installed, so that a missing dependency is found."""
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")

FLEET = {
    "reconciler.yaml": "embedded: {seed: world.json}\n",
    "world.json": json.dumps(
        {"shops": [{"shopKey": "kyoto-tea", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}}]}
    ),
    "shops/kyoto-tea.yaml": """\
apiVersion: reconciler/v1
shop: kyoto-tea
amazon:
  enabled: true
  api:
    seller_id: A1KYOTOTEA123
    client_id: amzn1.application-oa2-client.0bec81cb50f46f3f752cf8bc094412cf
    mws_auth_token: ref+env://KYOTO_TEA_MWS_AUTH_TOKEN
  notification:
    email: pay@kyoto-tea.example
seller_central:
  ipn_endpoint: registered
maintenance:
  close_shop: allow
""",
}


class Failure(Exception):
    """The distribution is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A wheel installed in its own environment, and the folder in which its commands run."""

    bin: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *words: str, code: int = 0) -> str:
        """Returns stdout of a command that must end with `code`."""
        command = [str(self.bin / words[0]), *words[1:]]
        ended = subprocess.run(  # noqa: S603  # commands of this file
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )
        if ended.returncode != code:
            raise Failure(f"{' '.join(words)}: exit code {ended.returncode}, not {code}\n{ended.stdout}{ended.stderr}")
        return ended.stdout


def main() -> int:
    try:
        wheel, source = the_one("*.whl"), the_one("*.tar.gz")
        check_source(source)
        check_wheel(wheel)
        with tempfile.TemporaryDirectory() as name:
            made = installation(wheel, Path(name))
            check_bare(made)
            install(made, f"{wheel}[{EXTRAS}]")
            check_use(made)
            check_tutorial(made, Path(name))
            check_statements(made)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print(f"{wheel.name}: the main job and the tutorial run in English and in Japanese")
    return 0


def the_one(pattern: str) -> Path:
    found = sorted(DIST.glob(pattern))
    if len(found) != 1 or f"-{__version__}" not in found[0].name:
        raise Failure(
            f"expected one {pattern} of version {__version__} in dist/, found {[path.name for path in found]}"
        )
    return found[0]


def check_source(source: Path) -> None:
    """Checks that it holds each file of the Git tree."""
    command = ("git", "-C", str(ROOT), "ls-files", "-z")
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # fixed words
    wanted = {path for path in listed.split("\0") if path}
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    if missing := sorted(wanted - held):
        raise Failure(
            f"{len(missing)} files are missing in {source.name}, such as {', '.join(missing[:5])}; see MANIFEST.in"
        )


def check_wheel(wheel: Path) -> None:
    """Checks that it holds the package with its data files, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    data = [path for path in (ROOT / "reconciler").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    if missing := sorted({path.relative_to(ROOT).as_posix() for path in data} - held):
        raise Failure(f"{wheel.name} does not hold {', '.join(missing[:5])}; see package-data in pyproject.toml")
    if strangers := sorted(name for name in held if not name.startswith(("reconciler/", f"reconciler-{__version__}"))):
        raise Failure(f"{wheel.name} holds {', '.join(strangers[:5])}")


def installation(wheel: Path, folder: Path) -> Installation:
    """The wheel without extras in a new virtual environment, and a fleet of one shop beside it."""
    venv.create(folder / "venv", with_pip=True)
    fleet = folder / "fleet"
    for name, text in FLEET.items():
        (fleet / name).parent.mkdir(parents=True, exist_ok=True)
        (fleet / name).write_text(text, encoding="utf-8")
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("RECONCILER_", "PYTHON", "VIRTUAL"))
    }
    token = {"KYOTO_TEA_MWS_AUTH_TOKEN": f"amzn.mws.{uuid.uuid4()}", "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
    bin_ = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    made = Installation(bin=bin_, folder=fleet, environment=kept | token)
    install(made, str(wheel))
    return made


def check_tutorial(made: Installation, folder: Path) -> None:
    """Checks that the commands of its first half do what its pages say."""
    for language, pages in (("en", FIRST_HALF), ("ja", JAPANESE_TUTORIAL[: len(FIRST_HALF)])):
        try:
            run(pages, folder / language, programs=made.bin, language=language)
        except Failed as failure:
            raise Failure(str(failure)) from failure


def install(made: Installation, what: str) -> None:
    constraints = ("--constraint", str(ROOT / "constraints.txt"))
    made.run("python", "-m", "pip", "-q", "--disable-pip-version-check", "install", *constraints, what)


def check_bare(made: Installation) -> None:
    """Without extras: what needs no backend works, and a plan names the extra. The documentation is there."""
    made.run("reconciler", "validate")
    made.run("reconciler", "explain", "M101")
    failure = json.loads(made.run("reconciler", "plan", "-o", "json", code=1))
    summary = failure["diagnostics"][0]["summary"]
    expect(failure["format"] == "reconciler/failure" and "reconciler[embedded]" in summary, f"failure: {failure}")
    pages = made.bin.parent / "share" / "doc" / "reconciler"
    expect((pages / "ipn.md").is_file() and (pages / "ja" / "ipn.md").is_file(), f"documentation in {pages}")


def check_use(made: Installation) -> None:
    """Version, help, schemas, then the main job: validate, plan, apply, drift."""
    expect(made.run("reconciler", "--version") == f"reconciler {__version__}\n", "--version")
    for language in ("en", "ja"):
        spoken(made.run("reconciler", "--help", "--lang", language), language)
    for name in ("shop", "settings", "plan", "report", "drift"):
        json.loads(made.run("reconciler", "schema", name))
    made.run("reconciler", "validate")
    for language in ("en", "ja"):
        spoken(made.run("reconciler", "plan", "--detailed-exitcode", "--lang", language, code=2), language)
    made.run("reconciler", "apply", "--auto-approve")
    made.run("reconciler", "plan")
    edit = ("-m", "reconciler.embedded", "edit", "--database", ".reconciler/embedded.db", "--as", "merchant")
    made.run("python", *edit, "kyoto-tea", "notificationEmail=private@kyoto-tea.example")
    for language in ("en", "ja"):
        spoken(made.run("reconciler", "drift", "--lang", language, code=2), language)
    made.run("reconciler", "apply", "--auto-approve", "--lang", "ja")
    spoken(made.run("reconciler", "drift", "--lang", "ja"), "ja")


def check_statements(made: Installation) -> None:
    """What an outsider runs: the files are those of the release, the packages those of the SBOM. A changed wheel is found."""
    python = made.bin / "python"
    script = ROOT / "tools" / "verify_release.py"
    made.run("python", str(script), str(DIST), "--installed", str(python))
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "dist"
        shutil.copytree(DIST, copy)
        wheel = next(copy.glob("*.whl"))
        wheel.write_bytes(wheel.read_bytes() + b"\n")
        made.run("python", str(script), str(copy), code=1)


def spoken(text: str, language: str) -> None:
    """Checks the language of an output. English output is recognised by words that only it has."""
    english = re.search(r"^(Usage|Plan|Drift|Commands)\b|^Drift", text, re.MULTILINE) is not None
    expect(english == (language == "en"), f"output in {language}:\n{text}")
    expect(language == "en" or JAPANESE.search(text) is not None, f"output in {language}:\n{text}")


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise Failure(f"unexpected {what}")


if __name__ == "__main__":
    sys.exit(main())
