# stopped: the reader pressed Ctrl-C in the terminals of the services that were started so far.
for process in $(jobs -p) "${services[@]}"; do
    kill "$process" 2> /dev/null && wait "$process"
done
services=()
true
