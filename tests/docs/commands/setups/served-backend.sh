# served-backend: reconciler.yaml names the served embedded backend, as the page says.
sed -i "s#^backend: embedded\$#backend: {url: 'http://127.0.0.1:8765/', client_id: reconciler, client_secret: 'ref+env://RECONCILER_BACKEND_SECRET'}#" reconciler.yaml
grep -q '^backend: {url' reconciler.yaml
