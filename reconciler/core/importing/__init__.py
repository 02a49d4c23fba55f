"""Live shops, exports, tables -> manifests."""
