"""A keystroke in an editor, in a folder of 10,000 shops: the diagnostics of one open manifest, against reading that file alone.

The floor parses the same text and validates it; what is above it is the price of shared files, of rules on several shops and of
exact places. The last figure is that of a whole server: from the change that a client sends to the diagnostics that it gets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from bench.timing import Figure
from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.wiring.editor.editor_fleets import open_fleet
from reconciler.workflows.editor.file_diagnostics import file_diagnostics
from tests.lsp.editor import editing

_SHOPS = 10_000
_KEYSTROKES = 50


def measure(folder: Path) -> list[Figure]:
    files = _write(folder)
    fleet = open_fleet(folder)
    while fleet.live.read_ahead(1.0):
        pass
    text = files[7].read_text()

    def keystroke(content: str) -> None:
        fleet.live.open(files[7], content)
        file_diagnostics(fleet, files[7])

    return [
        _figure("keystroke, valid manifest", text, keystroke),
        _figure("keystroke, misspelt key", text.replace("enabled", "enabld"), keystroke),
        asyncio.run(_over_the_protocol(folder, files[7], text)),
    ]


async def _over_the_protocol(folder: Path, file: Path, text: str) -> Figure:
    """Every other text has a misspelt key."""
    pairs = []
    async with editing(folder) as editor:
        address = editor.open(file)
        await editor.diagnostics(address)
        for number in range(_KEYSTROKES):
            content = f"{text.replace('enabled', 'enabld') if number % 2 else text}# {number}\n"
            began = time.perf_counter()
            editor.type(address, content)
            await editor.diagnostics(address)
            pairs.append((time.perf_counter() - began, _seconds(lambda: _alone(content))))  # noqa: B023  # called here
    subject, floor = zip(*pairs, strict=True)
    name = f"keystroke to diagnostics in an editor, {_SHOPS:,} shops"
    return Figure(name=name, floor="the file alone", subject_seconds=subject, floor_seconds=floor)


def _figure(name: str, text: str, keystroke: Callable[[str], None]) -> Figure:
    pairs = []
    for number in range(_KEYSTROKES):
        content = f"{text}# {number}\n"
        pairs.append((_seconds(lambda: keystroke(content)), _seconds(lambda: _alone(content))))  # noqa: B023  # called here
    subject, floor = zip(*pairs, strict=True)
    return Figure(
        name=f"{name}, {_SHOPS:,} shops", floor="the file alone", subject_seconds=subject, floor_seconds=floor
    )


def _alone(content: str) -> None:
    check_file(read_yaml(content.encode(), "shop-7.yaml"), ShopDocument)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _write(folder: Path) -> list[Path]:
    (folder / "reconciler.yaml").write_text("manifests: shops\n")
    files = [folder / "shops" / f"{number % 100:02}" / f"shop-{number}.yaml" for number in range(_SHOPS)]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True, exist_ok=True)
        api = f"    seller_id: A2SELLER{number:06}\n    client_id: amzn1.application-oa2-client.{number:032x}\n"
        file.write_text(f"apiVersion: reconciler/v1\nshop: shop-{number}\namazon:\n  enabled: true\n  api:\n{api}")
    return files
