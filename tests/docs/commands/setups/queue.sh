# queue: the fleet has a PostgreSQL store for workers; its backend is served.
. "$SETUPS/postgres.sh"
createdb reconciler
. "$SETUPS/platform.sh" https://admin.platform.example
export RECONCILER_BACKEND_SECRET=practice
sed -i "s|^backend: .*|backend: {url: \"$PLATFORM\", client_id: reconciler, client_secret: ref+env://RECONCILER_BACKEND_SECRET}|" reconciler.yaml
printf 'store: postgresql:///reconciler\nexecutor: procrastinate\nscale: {requests_per_second: 50}\n' >> reconciler.yaml
git commit --quiet -am "Share the work among workers"
