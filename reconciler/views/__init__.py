"""Results -> text: for people, as JSON for machines, as Markdown for pull requests.

In: values of the core. Out: strings. A view reads no file, clock or environment, and imports no port, workflow or adapter.
"""
