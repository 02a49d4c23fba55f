"""Bytes -> values with positions, for one YAML file: encoding, pre-scan, fast path, libyaml, syntax errors.

What a key means is not known here.
"""
