"""The stories of the tool, one a module: gather, decide, act. They know ports and the core, and no adapter or view."""
