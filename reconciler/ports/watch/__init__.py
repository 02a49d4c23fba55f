"""What the watcher gets from outside: the backend's changes, the checkout, its place in the store, its rate of requests."""
