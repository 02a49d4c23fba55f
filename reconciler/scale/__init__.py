"""Fleet runs on many hosts: a queue on PostgreSQL that carries names of chunks, and the worker that takes them.

In: the place of the queue, and functions that do one chunk and that care for the runs. Out: the port `ChunkQueue`; a worker that
runs until it is stopped. What a chunk does is in `workflows/fleet`, the truth about each run in the store's tables: a queue that
loses a job or delivers it twice does no harm.
"""
