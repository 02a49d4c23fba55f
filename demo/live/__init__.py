"""`make demo`: backend and sidecar on this machine with an example world, and a tour of what they do."""
