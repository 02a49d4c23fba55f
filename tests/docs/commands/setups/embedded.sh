# embedded: the variables that the served embedded backend needs: its secret, and a password for a merchant.
export RECONCILER_BACKEND_SECRET=practice HANAKO_PASSWORD=tea-and-ink-2026
