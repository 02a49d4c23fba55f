"""Who moved, Git or backend."""
