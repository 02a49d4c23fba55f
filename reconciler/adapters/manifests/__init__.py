"""Manifests: the folder of YAML files that says what every shop should be like.

    loader ──> shop ──┬──> reading ──> yaml          one file: bytes -> values with positions, and faults
                      ├──> shared ──> layering       what lies under it: defaults, groups
                      ├──> documents ──> desired     the shape, and the core's values from it
                      └──> faults ──> explaining     only for a file that fails: everything that is wrong with it

`schema` makes the JSON Schemas from `documents`. `loader.ManifestFolder` is the door.
"""
