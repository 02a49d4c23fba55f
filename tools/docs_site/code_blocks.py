"""Code blocks in the language of the site: their remarks and output are translated as whole blocks.

Sphinx's own way is for reStructuredText: it would read the translated block as Markdown. In: a page and its catalogue.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.locale import init
from sphinx.transforms import SphinxTransform


class TranslateCodeBlocks(SphinxTransform):
    default_priority = 19  # before Sphinx translates the prose

    def apply(self, **kwargs: Any) -> None:
        del kwargs
        folders = [str(self.env.srcdir / folder) for folder in self.config.locale_dirs]
        catalogue, found = init(folders, self.config.language, self.env.docname)
        for block in self.document.findall(nodes.literal_block) if found else ():
            text = block.astext()
            translation = catalogue.gettext(text)
            if translation != text:
                block.children = [nodes.Text(translation)]
                block.rawsource = translation
