"""Findings: drift with an identity and a history. What is open, since when, who is responsible, and what a look changes.

Differences themselves are found in `core/drift`; the store of findings is behind `ports/findings`.
"""
