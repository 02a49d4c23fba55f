"""What the tool can say: codes, diagnostics, messages, exit codes, redaction, suggestions.

How it is printed is in `views`.
"""
