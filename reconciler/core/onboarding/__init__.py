"""What people vouch for when a shop starts or ends: attestations, and the order in which a shop leaves. No files, no YAML."""
