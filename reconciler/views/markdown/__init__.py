"""Markdown for pull requests: one table per shop, folded when a plan is long.

Every text from outside is escaped (`escaping.py`): it can neither leave its table cell nor become markup, a mention or HTML.
"""
