"""What a new shop needs until it takes orders, what people attest of it, and the order in which a shop leaves. No files, no YAML."""
