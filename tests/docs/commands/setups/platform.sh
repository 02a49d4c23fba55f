# platform ADDRESS [SECRET]: the embedded backend of this folder is served, and ADDRESS (https://...) stands for it.
# The secret of its client `reconciler` is SECRET (default: practice). The page sets RECONCILER_BACKEND_SECRET itself.
. "$SETUPS/services.sh"
RECONCILER_BACKEND_SECRET=${2:-practice} service reconciler serve backend --port 0
PLATFORM=$(sed -n 's/^ready: backend \(.*\)\/ .*/\1/p' <<< "$started")
stands_for "$1" "$PLATFORM"
