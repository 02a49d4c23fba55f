"""The folder of YAML manifests. `loading.loader.ManifestFolder` is the entry point for reading.

    discovery ──> yaml ──> loading ──> desired shops      files -> values with positions -> shared layers -> core values
                             ├── documents                the shape of a manifest; JSON Schema
                             └── checks                   only for a file that fails: everything that is wrong with it
    editing, writing                                      changes that keep comments; new and imported manifests

The settings file is in `adapters/settings`.
"""
