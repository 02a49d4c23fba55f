"""Fleet runs: starting, advancing and watching one, and what a worker does with a chunk of it."""
