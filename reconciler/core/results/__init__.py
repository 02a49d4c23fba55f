"""What commands return, and the exit code of each result. How results are printed is in `views`."""
