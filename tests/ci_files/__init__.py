"""The CI files that are shipped: their steps are read from the YAML and executed as a runner does."""
