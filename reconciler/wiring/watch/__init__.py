"""The watcher put together: its sources, its place in the store, its server. Each part is opened for as long as it watches."""
