# collector PORT: a collector of traces on this port.
. "$SETUPS/services.sh"
service python "$SETUPS/receiver.py" "$1"
