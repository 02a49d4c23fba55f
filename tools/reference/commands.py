"""docs/reference/commands.md: every command with its arguments, options, variables and exit codes.

In: the commands as click has them, and a language. Out: a page. The texts are those of `--help`, from the program's catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click

from reconciler.cli.app import app
from reconciler.cli.shell.click_ext import Option
from reconciler.cli.shell.exit_code_table import exit_codes_of
from reconciler.cli.shell.output_kinds import supported_kinds
from reconciler.views.i18n import Language
from tools.reference.markdown_text import code, language_line, prose, table

EVERYWHERE: Final = frozenset({"--config", "--lang", "--no-color", "--quiet", "--verbose", "--log"})
"""Options that nearly every command has: one table for all."""

_WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Commands",
        "intro": "The texts are those that a command prints with `--help`. Every option can also be set in its "
        "environment variable; "
        "the command line comes first.",
        "shared": "Options of every command",
        "shared_intro": "These options mean the same for all commands that have them. They are not repeated below. "
        "`reconciler --version` shows the version, and `--help` works everywhere.",
        "option": "Option",
        "meaning": "Meaning",
        "variable": "Variable",
        "code": "Exit code",
        "default": "Default",
        "required": "required",
    },
    "ja": {
        "title": "コマンド",
        "intro": "説明は、各コマンドを `--help` 付きで実行したときの表示と同じです。どのオプションも環境変数で指定できます。"
        "コマンドラインの指定が優先されます。",
        "shared": "すべてのコマンドのオプション",
        "shared_intro": "次のオプションは、どのコマンドでも意味が同じです。各コマンドの表では省略します。"
        "`reconciler --version` はバージョンを表示します。`--help` はどのコマンドにも使えます。",
        "option": "オプション",
        "meaning": "意味",
        "variable": "環境変数",
        "code": "終了コード",
        "default": "省略時",
        "required": "必須",
    },
}


def root_context() -> click.Context:
    """The context that click gives the program itself, with its settings: a command keeps the help option that it made first."""
    return click.Context(app, info_name="reconciler", **app.context_settings)


def commands_page(words: Language) -> str:
    texts = _WORDS[words.code]
    known = list(walk(app, root_context()))
    shared = {option.name: (context, option) for context in known for option in _options(context) if _is_shared(option)}
    head = f"# {texts['title']}\n\n{language_line('commands.md', words)}\n{texts['intro']}\n"
    shared_rows = [_row(context, option, words) for context, option in shared.values()]
    general = f"\n## {texts['shared']}\n\n{texts['shared_intro']}\n\n{_table(shared_rows, texts)}"
    return head + general + "".join(_section(context, words) for context in known)


def walk(command: click.Command, context: click.Context) -> Iterator[click.Context]:
    """Each command and group below `command`, with the context in which click would run it."""
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        inside = click.Context(below, info_name=name, parent=context)
        yield inside
        yield from walk(below, inside)


def metavar_words(metavar: str, words: Language) -> str:
    """`[SHOP]...` in the page's language: the word is translated, brackets and dots stay."""
    start = metavar[: len(metavar) - len(metavar.lstrip("["))]
    rest = metavar[len(start) :]
    core = rest.rstrip("].")
    whole = words.catalogue.gettext(metavar)
    return whole if whole != metavar else f"{start}{words.catalogue.gettext(core)}{rest[len(core) :]}"


def _section(context: click.Context, words: Language) -> str:
    texts, command = _WORDS[words.code], context.command
    path = context.command_path.removeprefix("reconciler ")
    level = "##" if " " not in path else "###"
    pieces = [metavar_words(piece, words) for piece in command.collect_usage_pieces(context)]
    paragraphs = (command.help or command.short_help or "").split("\n\n")
    shown = [
        prose(words.catalogue.gettext(" ".join(paragraph.split()))) for paragraph in paragraphs if paragraph.strip()
    ]
    usage = " ".join([context.command_path, *pieces])
    parts = [f"\n{level} {path}\n", f"```text\n{usage}\n```\n", *(f"{paragraph}\n" for paragraph in shown)]
    own = [_row(context, option, words) for option in _options(context) if not _is_shared(option)]
    parts += [_table(own, texts)] if own else []
    if not isinstance(command, click.Group):
        codes = ((code(str(each.value)), prose(words.translate(text))) for each, text in exit_codes_of(path).items())
        parts.append(table((texts["code"], texts["meaning"]), codes))
    return "\n".join(parts)


def _table(rows: list[tuple[str, str, str]], texts: dict[str, str]) -> str:
    return table((texts["option"], texts["meaning"], texts["variable"]), rows)


def _row(context: click.Context, option: Option, words: Language) -> tuple[str, str, str]:
    value = "" if option.is_flag or option.count else metavar_words(option.make_metavar(context), words)
    names = ", ".join([*option.opts, *option.secondary_opts])
    meaning = prose(words.catalogue.gettext(" ".join((option.help or "").split())))
    return (
        code(f"{names} {value}".strip()),
        meaning + _kinds(context, option, words) + _limits(context, option, words),
        code(option.variable(context) or ""),
    )


def _kinds(context: click.Context, option: Option, words: Language) -> str:
    """The kinds of output that the command offers, as its help lists them."""
    if "--output" not in option.opts:
        return ""
    kinds = ", ".join(code(kind) for kind in supported_kinds(context.command_path.partition(" ")[2]))
    return " " + words.catalogue.gettext("KIND: {kinds}.").format(kinds=kinds)


def _limits(context: click.Context, option: Option, words: Language) -> str:
    """What click adds to the help of an option: its range, its default, that it is required."""
    texts = _WORDS[words.code]
    extra: dict[str, Any] = dict(option.get_help_extra(context))
    found = [f"`{extra['range']}`"] if "range" in extra else []
    found += [f"{texts['default']}: `{extra['default']}`"] if "default" in extra else []
    found += [texts["required"]] if "required" in extra else []
    return f" ({', '.join(found)})" if found else ""


def _options(context: click.Context) -> list[Option]:
    return [each for each in context.command.params if isinstance(each, Option) and not each.hidden]


def _is_shared(option: Option) -> bool:
    return not EVERYWHERE.isdisjoint(option.opts)
