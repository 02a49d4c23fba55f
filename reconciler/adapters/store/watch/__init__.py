"""What a watcher remembers between two processes. What it means is in `workflows/watch`."""
