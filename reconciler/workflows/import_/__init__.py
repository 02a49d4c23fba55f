"""Import: classify each shop, write, verify that a plan is empty. YAML is in `adapters/manifests/writing`."""
