"""The check of any backend against the contract, over HTTP, on the shops that are named: `reconciler backend check`.

It shares no code with `adapters/backend`: what both find is agreement of two implementations. The clauses as data, and the
report, are in `core/conformance`.
"""
