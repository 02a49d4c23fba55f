"""What is managed, desired, observed."""
