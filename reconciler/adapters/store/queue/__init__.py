"""Where the queue of a store is. Its jobs are read and written by `reconciler/scale` alone."""
