"""HTTP: middleware, authentication, idempotency, errors, OpenAPI. Behaviour is in `embedded/resources`."""
