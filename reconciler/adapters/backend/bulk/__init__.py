"""Several writes, or reads of single shops, in one request, where the backend offers it."""
