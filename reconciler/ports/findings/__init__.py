"""What findings need from the outside: a store, the ledger of accepted drift in Git, the owners of manifests."""
