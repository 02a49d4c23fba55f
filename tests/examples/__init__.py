"""The repositories in `examples/`, checked by the tool itself."""
