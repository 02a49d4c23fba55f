"""What operators see: use cases that fill the read models of `core/overview`. Nothing is written, and nothing is a secret."""
