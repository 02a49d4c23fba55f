"""Merchant, platform, Amazon."""
