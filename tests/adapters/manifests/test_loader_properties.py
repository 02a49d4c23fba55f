"""Properties of the loader: no error is lost, nothing heavy is imported early, a fleet takes little memory."""

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.yaml.encoding import SIZE_LIMIT
from reconciler.adapters.manifests.yaml.reader import read_yaml

ROOT = Path(__file__).parents[3]


def _never(value: str) -> str:
    raise ValueError("never")


class Unexplainable(Document):
    """Refuses what its schema accepts."""

    shop: Annotated[str, AfterValidator(_never)]


def test_a_document_that_refuses_what_its_schema_accepts_is_not_silent():
    (finding,) = check_file(read_yaml(b"shop: kyoto-tea\n", "a.yaml"), Unexplainable)
    assert finding.code.number == "M199"
    assert str(finding.origin) == "a.yaml:1:7"
    assert "Report" in str(finding.hint)


def test_the_reader_itself_refuses_what_is_too_large():
    parsed = read_yaml(b"#" * (SIZE_LIMIT + 1), "a.yaml")
    assert [finding.code.number for finding in parsed.diagnostics] == ["M004"]
    assert not parsed.readable


def test_a_valid_fleet_never_imports_jsonschema():
    program = (
        "import sys; from pathlib import Path\n"
        "from reconciler.adapters.manifests.loading.loader import ManifestFolder\n"
        "from reconciler.core.model.selection import Selection\n"
        "assert ManifestFolder(Path('shops')).read(Selection()).shops\n"
        "sys.exit('jsonschema' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0


def test_a_shop_takes_little_memory(folder):
    body = (ROOT / "shops" / "kyoto-tea.yaml").read_text()
    folder.group("standard", (ROOT / "shops" / "_groups" / "standard.yaml").read_text())
    for number in range(300):
        folder.write(f"shop-{number}.yaml", body.replace("kyoto-tea", f"shop-{number}"))
    folder.read()
    tracemalloc.start()
    manifest = folder.read()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(manifest.shops) == 300
    assert size / 300 < 15_000
