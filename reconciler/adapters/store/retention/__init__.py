"""What `store prune` deletes, one module per subject. Not the rows of the inbox: the sidecar deletes them (`inbox/inbox.py`)."""
