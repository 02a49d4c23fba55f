"""The file of alerts and the channels it names. The outbox is in `wiring/store.py`."""
