"""Manifests as files that people edit: read with their comments, changed in place, written anew in one style.

    bytes ──> reading ──> page ──┬──> changing     one value set or taken out, everything else as it stood
                                 ├──> arranging    the canonical order and style (`reconciler fmt`)
                                 └──> writing ──> bytes
    values ──> composing ──> page                  a new manifest, with the admin screens' names beside its values
    files                                          many files written, all staged before the first is put in place

The tree is made from the loader's own nodes, so what is written reads back as the loader reads it. It is not ruamel.yaml's:
docs/decisions/ says why.
"""
