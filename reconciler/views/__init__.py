"""How results are shown: text for people, JSON for machines, Markdown for pull requests.

In: values of the core. Out: strings. A view reads no file, clock or environment, knows no workflow and no adapter, and is
imported by the command line only.
"""
