"""What the project needs to keep itself: nothing here is installed."""
