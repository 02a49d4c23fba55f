"""Which line of a file a diagnostic points at, and what of it may be shown: never a secret.

    bytes ──> parsed_lines     a file that YAML can read: each value is judged at its place
          └─> unparsed_lines   any other file: only words that manifests consist of are shown

A value that is not known to be harmless is replaced by `…`, a comment is omitted, and a line that may hold a secret is not
shown at all. The text of a diagnostic is decided elsewhere.
"""
