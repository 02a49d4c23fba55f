"""The outside world behind the ports: the backend, files, the store, secrets, mail. One package or module per subject.

Adapters do not import each other's subjects or the workflows; decisions about shops are in `core`.
"""
