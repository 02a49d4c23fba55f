"""Commands that check, create and rewrite manifests. None of them writes to a backend."""
