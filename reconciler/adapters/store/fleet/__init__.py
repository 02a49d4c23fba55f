"""Fleet runs in the store: runs and chunks, what became of shops, and limits that workers share."""
