"""Markdown for pull requests: a table a shop, folded away when a plan is long.

Every text from outside is escaped: it can neither leave its table cell nor be markup, a mention or HTML.
"""
