"""The documentation site: the pages of docs/ and of the project's root, in English and Japanese, as HTML.

`make site` runs `python -m tools.docs_site`. The pages stay plain Markdown that a forge shows; what Sphinx needs beyond that
(lists of pages, links, catalogues) is derived here. Nothing here is used by the tool itself.
"""
