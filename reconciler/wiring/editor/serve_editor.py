"""Runs the language server on the standard streams."""

from __future__ import annotations

import logging
import sys
import sysconfig
from pathlib import Path

from reconciler.lsp.editor_state import EditorState
from reconciler.lsp.file_uris import path_uri
from reconciler.lsp.fleets import Fleets
from reconciler.lsp.server import EditorServer
from reconciler.lsp.words import Words
from reconciler.wiring.editor.editor_fleets import open_fleet


def serve_editor(language: str) -> None:
    """Until the client ends it. Of the library's log nothing is written: it quotes messages, which hold whole files."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)
    EditorServer(EditorState(Fleets(open_fleet), Words(language), codes_page)).serve_stdio(sys.stdin.buffer)


def codes_page(language: str) -> str | None:
    """The page of codes that is installed with the tool, or is in its source tree."""
    below = Path("ja") if language == "ja" else Path()
    installed = Path(sysconfig.get_path("data"), "share", "doc", "reconciler")
    source = Path(__file__).parents[3] / "docs"
    page = next((each for folder in (source, installed) if (each := folder / below / "codes.md").is_file()), None)
    return None if page is None else path_uri(page)
