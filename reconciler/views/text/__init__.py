"""Text for people: plain lines, columns by display width, the same with and without a terminal. No machine format."""
