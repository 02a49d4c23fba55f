"""One HTTP request to the backend: transport, retries, request rate, access token, response -> result or error.

What a field means on the wire is in `adapters/backend/wire`.
"""
