"""Apply from manifests, from file, continue."""
