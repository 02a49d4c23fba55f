# ruff: noqa: INP001 - Sphinx reads this file by its path; docs/ is no package
"""Sphinx's configuration of the documentation site. `make site` (tools/docs_site) prepares the pages and calls Sphinx with it.

Everything is on the machine: no font, script or picture comes from elsewhere.
"""

from __future__ import annotations

import os
from pathlib import Path

from reconciler import __version__

project = "reconciler"
author = "reconciler contributors"
copyright = author  # noqa: A001 - the name is Sphinx's
release = version = __version__
language = os.environ.get("DOCS_LANGUAGE", "en")

extensions = ["myst_parser", "tools.docs_site.extension"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["files"]
smartquotes = False
nitpicky = True
pygments_style = "a11y-light"
pygments_dark_style = "a11y-dark"
highlight_language = "none"

myst_heading_anchors = 6
myst_links_external_new_tab = False

locale_dirs = [os.environ.get("DOCS_CATALOGUES", "locale")]
gettext_compact = False
gettext_uuid = False

templates_path = ["site/templates"]
html_theme = "furo"
html_title = "reconciler"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_search_language = language
html_search_scorer = str(Path(__file__).with_name("site") / "scorer.js")
html_permalinks_icon = "#"
html_theme_options = {"top_of_page_buttons": ["view"], "navigation_with_keys": False}
