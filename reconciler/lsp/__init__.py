"""The language server: what the use cases of `workflows/editor` answer, in the terms of the Language Server Protocol.

Here belong positions, URIs, messages and their order. Not here: what a manifest may hold, what is wrong in one, files, the store.
"""
