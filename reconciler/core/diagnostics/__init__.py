"""What the tool can say, in codes and messages."""
