"""JSON log and Prometheus metrics: ids, numbers and words of closed lists. Never the content of a message."""
