"""What others do to the backend: merchants, the platform, Amazon. Requests of API clients are in `embedded/api`."""
