"""What surrounds an apply: whether an unfinished rollout may continue. The engine is `workflows/execution`."""
