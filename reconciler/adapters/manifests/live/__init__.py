"""A fleet's manifests while they are edited: what is open counts instead of the disk, and one change costs one file.

The rules are those of `loading` and `checks`; nothing is judged here.
"""
