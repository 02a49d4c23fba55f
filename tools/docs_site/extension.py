"""What the site adds to Sphinx: the switch between languages, and the builder that lists the messages of each page.

In: Sphinx's application. Out: nothing; Sphinx calls what is registered here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import extract_messages

from tools.docs_site.code_blocks import TranslateCodeBlocks
from tools.docs_site.japanese_search import JapanesePairs
from tools.docs_site.pages import pages

ROOT = Path(__file__).parents[2]


class MessageListBuilder(Builder):
    """Writes the messages of each page, in the order of the page: `NAME.json`, a list of kinds and texts."""

    name = "messages"
    format = "messages"

    def get_outdated_docs(self) -> Iterable[str]:
        return self.env.found_docs

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        del docname, typ
        return ""

    def write_documents(self, docnames: Iterable[str]) -> None:
        for name in docnames:
            found = [(type(node).__name__, text) for node, text in extract_messages(self.env.get_doctree(name))]
            path = Path(self.outdir) / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(found, ensure_ascii=False, indent=0), encoding="utf-8")


def add_switch(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """Each page leads to itself in the other language."""
    del templatename, doctree
    other = "ja" if app.config.language == "en" else "en"
    up = "../" * pagename.count("/")
    page = pages(ROOT).get(pagename)
    context["other_language"] = {"code": other, "address": f"{up}../{other}/{pagename}.html"}
    context["english_only"] = page is not None and page.japanese is None


def translated_again(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages that were read before their catalogue changed. Sphinx compares only catalogues that it compiles itself."""
    del added, changed, removed
    folders = [env.srcdir / folder / str(app.config.language) / "LC_MESSAGES" for folder in app.config.locale_dirs]
    catalogues = ((name, folder / f"{name}.mo") for name in env.found_docs for folder in folders)
    return [name for name, path in catalogues if path.exists() and path.stat().st_mtime_ns > _read_at(env, name)]


def _read_at(env: BuildEnvironment, name: str) -> int:
    """Nanoseconds, as a file's time; Sphinx keeps microseconds."""
    return env.all_docs.get(name, 0) * 1000


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_search_language(JapanesePairs)
    app.add_transform(TranslateCodeBlocks)
    app.add_lexer("crontab", TextLexer)
    app.add_lexer("http", TextLexer)  # requests are shown without the protocol's version, which its own lexer needs
    app.add_builder(MessageListBuilder)
    app.connect("env-get-outdated", translated_again)
    app.connect("html-page-context", add_switch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
