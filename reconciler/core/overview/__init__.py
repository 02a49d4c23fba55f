"""What operators see of a fleet at one moment: read models of pages and of commands that show the same.

Values only, filled by `workflows/overview`. Times are text in UTC (`2026-11-28T03:00:00Z`). Values of fields come as cells,
in which a secret is already replaced by a word. No HTML, no queries.
"""
