"""The engine: an approved plan in, events out. Lease, steps, closure, waves, halt, recorder. Approval happens before."""
