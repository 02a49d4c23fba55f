"""Manifests as files that people edit: read with comments, changed in place, written in one style.

    bytes ──> parse ──> tree ──┬──> edit               one value set or removed; everything else stays as it is
                               ├──> canonical_style    the order and style of `reconciler fmt`
                               └──> serialise ──> bytes
    values ──> compose ──> tree                        a new manifest, with the names of the admin screens as comments

The tree comes from the loader's own nodes, so what is written reads back as the loader reads it (decision 010). Which files
to change is decided elsewhere.
"""
