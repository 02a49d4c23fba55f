"""Files as they are changed and kept: changes of manifests, and stored plans."""
