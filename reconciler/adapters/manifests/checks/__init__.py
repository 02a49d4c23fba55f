"""Everything that can be wrong in one file: shape, keys, secrets in clear text, forbidden text, file-local meaning.

Rules across the fields of a shop are in `core/planning/rules`.
"""
