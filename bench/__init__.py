"""Figures as ratios, each against a floor measured in the same run. `make bench` prints them; no test asserts them."""
