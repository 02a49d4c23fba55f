"""New and imported manifests."""
