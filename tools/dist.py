"""Build the source distribution and the wheel into `dist/`, with their SBOM, provenance statement and digests.

`make dist` runs this before it tests the wheel.

The same commit gives the same bytes: each time in the archives is that of the commit, and the source archive names no owner.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from reconciler import __version__
from tools.bill_of_materials import bill_of_materials
from tools.provenance import provenance, sha256

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"


def main() -> int:
    for stale in (DIST, ROOT / "build"):
        shutil.rmtree(stale, ignore_errors=True)
    epoch = commit_time()
    command = [sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT)]
    built = subprocess.run(  # noqa: S603  # fixed words
        command, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}, capture_output=True, text=True, check=False
    )
    if built.returncode:
        print(built.stdout + built.stderr, file=sys.stderr)
        return 1
    for archive in DIST.glob("*.tar.gz"):
        normalize(archive, epoch)
    write_statements(DIST, epoch)
    for path in sorted(DIST.iterdir()):
        print(f"dist/{path.name}: {path.stat().st_size / 1024:.0f} KiB")
    return 0


def write_statements(folder: Path, epoch: int) -> None:
    """The SBOM, then the statement about it and the packages, then the digests of all three kinds."""
    packages = sorted([*folder.glob("*.whl"), *folder.glob("*.tar.gz")])
    name = f"reconciler-{__version__}"
    bill = folder / f"{name}.cdx.json"
    digests = {path.name: sha256(path) for path in packages}
    bill.write_text(bill_of_materials(__version__, digests, epoch), encoding="utf-8")
    statement = folder / f"{name}.intoto.json"
    statement.write_text(provenance(__version__, [*packages, bill]), encoding="utf-8")
    lines = (f"{sha256(path)}  {path.name}\n" for path in sorted([*packages, bill, statement]))
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def commit_time() -> int:
    """Seconds since 1970 of the commit that is checked out."""
    command = ("git", "-C", str(ROOT), "log", "-1", "--format=%ct")
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603  # fixed words


def normalize(archive: Path, epoch: int) -> None:
    """Rewrite a tar archive in the order of names, with one time and without owners."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime, member.uid, member.gid, member.uname, member.gname = epoch, 0, 0, "", ""
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        member.pax_headers = {}
        return member

    made = archive.with_suffix(".part")
    with (
        tarfile.open(archive) as old,
        made.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=epoch) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            new.addfile(plain(member), old.extractfile(member) if member.isfile() else None)
    made.replace(archive)


if __name__ == "__main__":
    sys.exit(main())
