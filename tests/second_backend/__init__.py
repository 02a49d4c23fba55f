"""A second backend of the contract, written from docs/backend.md, schemas/backend.openapi.json and the facts of the domain alone.

It shares nothing with the embedded backend: the state is a dictionary, kept in a file of JSON lines; requests are served by
aiohttp. What it offers can be narrowed, and promises of the contract can be broken by name. It imports nothing of `reconciler`.
"""
