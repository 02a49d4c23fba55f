"""docs/reference/exit-codes.md: the exit codes, and which each command has. In: the tables of `--help`. Out: a page."""

from __future__ import annotations

from typing import Final

import click

from reconciler.cli.app import app
from reconciler.cli.shell.exit_code_table import exit_codes_of
from reconciler.core.diagnostics.exit_codes import EXIT_CODE_MEANINGS
from reconciler.views.i18n import Language
from tools.reference.commands import root_context, walk
from tools.reference.markdown_text import code, language_line, prose, table

_WORDS: Final = {
    "en": {
        "head": "# Exit codes\n",
        "intro": "A code means the same for every command, unless [Own meanings](#own-meanings) says more.",
        "code": "Code",
        "meaning": "Meaning",
        "commands": "## By command",
        "commands_intro": "The codes that each command can end with. A wrong option is `1`.",
        "command": "Command",
        "own": "## Own meanings",
        "own_intro": "Where a command means something more exact by a code:",
    },
    "ja": {
        "head": "# 終了コード\n",
        "intro": "コードの意味は、[コマンド固有の意味](#コマンド固有の意味)に記載がない限り、どのコマンドでも同じです。",
        "code": "コード",
        "meaning": "意味",
        "commands": "## コマンドごとのコード",
        "commands_intro": "各コマンドの終了コードです。オプションの誤りは `1` です。",
        "command": "コマンド",
        "own": "## コマンド固有の意味",
        "own_intro": "コードがより具体的な意味を持つコマンドは次のとおりです。",
    },
}


def exit_codes_page(words: Language) -> str:
    texts = _WORDS[words.code]
    general = ((code(str(each.value)), prose(words.translate(text))) for each, text in EXIT_CODE_MEANINGS.items())
    paths = command_paths()
    rows = ((f"`{path}`", ", ".join(f"`{each.value}`" for each in exit_codes_of(path))) for path in paths)
    own = [
        (f"`{path}`", f"`{each.value}`", prose(words.translate(text)))
        for path in paths
        for each, text in exit_codes_of(path).items()
        if text != EXIT_CODE_MEANINGS[each]
    ]
    parts = (
        texts["head"],
        language_line("exit-codes.md", words),
        f"{texts['intro']}\n",
        table((texts["code"], texts["meaning"]), general),
        f"{texts['commands']}\n\n{texts['commands_intro']}\n",
        table((texts["command"], texts["code"]), rows),
        f"{texts['own']}\n\n{texts['own_intro']}\n",
        table((texts["command"], texts["code"], texts["meaning"]), own),
    )
    return "\n".join(parts)


def command_paths() -> list[str]:
    """The words of each command that can be run, without `reconciler`."""
    root = root_context()
    found = (each for each in walk(app, root) if not isinstance(each.command, click.Group))
    return [each.command_path.removeprefix("reconciler ") for each in found]
