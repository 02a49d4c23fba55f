"""What operators see comes from the store, as figures that its database counts."""
