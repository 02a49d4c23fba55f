"""State in files beside the store: saved plans and their key, the saved rollout, the sync cache. Also atomic writes and
tables.

Manifests are in `adapters/manifests`, SQL is in `adapters/store`.
"""
