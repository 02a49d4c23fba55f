# practice-shop: a platform with the shops test-shop-1, for checks, and kyoto-tea; its client is `operator`, also in the settings.
. "$SETUPS/services.sh"
export OPERATOR_SECRET=practice RECONCILER_BACKEND_SECRET=practice
cat > world.json << 'END'
{"shops": [{"shopKey": "test-shop-1", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}},
           {"shopKey": "kyoto-tea", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}}]}
END
printf 'backend: embedded\n' > reconciler.yaml
mkdir -p .reconciler
python -m reconciler.embedded seed world.json --database .reconciler/embedded.db
python -m reconciler.embedded client operator --secret-env OPERATOR_SECRET --database .reconciler/embedded.db
service reconciler serve backend --port 0
PLATFORM=$(sed -n 's/^ready: backend \(.*\)\/ .*/\1/p' <<< "$started")
stands_for https://admin.platform.example "$PLATFORM"
printf 'backend:\n  url: %s/\n  client_id: operator\n  client_secret: ref+env://OPERATOR_SECRET\n' "$PLATFORM" > reconciler.yaml
