"""What a shop needs until it takes orders, what people attest, and the order in which a shop leaves. No files, no YAML."""
