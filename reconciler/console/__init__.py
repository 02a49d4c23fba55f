"""The operators' pages: read-only, rendered on the server.

In: `sources.ConsoleSources`, which answers with read models of `core/overview`. Out: HTML. No SQL, no backend, no settings.
"""
