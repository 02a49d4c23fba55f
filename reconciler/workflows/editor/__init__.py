"""What an editor shows of an open manifest: its diagnostics, the live values of the last look, and the adoption of one of them.

Nothing is written: changes are proposed as text.
"""
