"""docs/variables.md: every environment variable that the tool reads, in English and Japanese.

In: the commands with their options, and the variables of `tools.other_variables`. Out: a page.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from reconciler.cli.app import app
from reconciler.cli.shell.click_ext import Option
from reconciler.views.i18n import Language
from tools.other_variables import CI, OWN, SERVICES, TERMINAL, Texts
from tools.reference.commands import root_context

_TITLES = {
    "en": (
        "Shared by several commands",
        "Of one command",
        "Not options",
        "Terminal",
        "CI jobs",
        "Other services",
    ),
    "ja": (
        "複数のコマンドで共通",
        "1 つのコマンドだけ",
        "オプション以外",
        "端末",
        "CI のジョブ",
        "ほかのサービス",
    ),
}
_COLUMNS = {
    "en": ("| Variable | Option | Meaning |\n|---|---|---|\n", "| Variable | Meaning |\n|---|---|\n"),
    "ja": ("| 環境変数 | オプション | 意味 |\n|---|---|---|\n", "| 環境変数 | 意味 |\n|---|---|\n"),
}
_HEAD = {
    "en": """\
# Environment variables

English | [日本語](ja/variables.md)

Every option can be set in the environment; the command line comes first. Repeatable options are split at spaces. An empty
variable counts as not set, and so does an address that Kubernetes injects for a Service (`tcp://...`). A selection that comes
from a variable is mentioned in the output of every command.

Secrets of manifests are read from the variables that the references name (`ref+env://NAME`).
""",
    "ja": """\
# 環境変数

[English](../variables.md) | 日本語

どのオプションも環境変数で指定できます。コマンドラインの指定が優先されます。繰り返し指定できるオプションでは、値を空白で区切ります。
空の変数と、Kubernetes が Service 用に設定するアドレス (`tcp://...`) は、未設定として扱います。
対象の店舗が環境変数で絞り込まれているときは、どのコマンドでもその旨を表示します。

マニフェストの秘密情報は、参照 (`ref+env://NAME`) にある環境変数から読み取ります。
""",
}


def variables_page(words: Language) -> str:
    options, others = _COLUMNS[words.code]
    shared: dict[str, str] = {}
    own: dict[str, str] = {}
    for context, option in _options(app, root_context()):
        name = option.variable(context)
        if name is None:
            continue
        rows, command = (shared, "") if option.envvar else (own, context.command_path.removeprefix("reconciler "))
        long = next(each for each in option.opts if each.startswith("--"))
        meaning = words.catalogue.gettext(option.help or "").replace("|", "\\|")
        rows[name] = f"| `{name}` | `{f'{command} {long}'.strip()}` | {meaning} |\n"
    rest = (others + _rows(texts, words) for texts in (OWN, TERMINAL, CI, SERVICES))
    tables = (options + _sorted(shared), options + _sorted(own), *rest)
    sections = zip(_TITLES[words.code], tables, strict=True)
    return _HEAD[words.code] + "".join(f"\n## {title}\n\n{table}" for title, table in sections)


def _rows(texts: Texts, words: Language) -> str:
    return "".join(
        f"| `{'`, `'.join(name.split(', '))}` | {meanings[words.code == 'ja']} |\n" for name, meanings in texts.items()
    )


def _sorted(rows: dict[str, str]) -> str:
    return "".join(rows[name] for name in sorted(rows))


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, Option]]:
    yield from ((context, each) for each in command.params if isinstance(each, Option))
    if not isinstance(command, click.Group):
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from _options(below, click.Context(below, info_name=name, parent=context))
