"""A Python as a runner sets it up, and the tool as a wheel, which the steps install without a network."""

from __future__ import annotations

import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from reconciler import __version__

ROOT = Path(__file__).parents[2]
_INFO = f"reconciler-{__version__}.dist-info"
_METADATA = {
    "METADATA": f"Metadata-Version: 2.1\nName: reconciler\nVersion: {__version__}\nProvides-Extra: postgres\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "entry_points.txt": "[console_scripts]\nreconciler = reconciler.cli:main\n\n[reconciler.secrets]\n"
    "env = reconciler.adapters.secrets:environment\nfile = reconciler.adapters.secrets:file\n",
}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is in this tree. `make dist` builds the real one, and tests what it contains."""
    path = tmp_path_factory.mktemp("wheel") / f"reconciler-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        names = []
        for file in sorted((ROOT / "reconciler").rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                names.append(file.relative_to(ROOT).as_posix())
                archive.write(file, names[-1])
        for name, text in _METADATA.items():
            names.append(f"{_INFO}/{name}")
            archive.writestr(names[-1], text)
        archive.writestr(f"{_INFO}/RECORD", "".join(f"{name},,\n" for name in (*names, f"{_INFO}/RECORD")))
    return path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A new environment that has the dependencies and not the tool, which a step installs. pip is that of these tests."""
    folder = tmp_path / "python"
    venv.create(folder, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder
