"""Tests of the documentation site's pages: lists, links, translations, and that the reference is complete. None needs Sphinx."""
