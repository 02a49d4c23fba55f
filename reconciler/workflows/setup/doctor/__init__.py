"""The use case `doctor`: checks of the environment of the tool, one module per area. It repairs nothing."""
