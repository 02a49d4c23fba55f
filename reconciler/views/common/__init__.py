"""What formats share: display width, wrapping, colours, counts, sentences.

A whole result is rendered by its format's package.
"""
