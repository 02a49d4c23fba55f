# Functions for set-ups.

# service COMMAND...: starts it, and returns after its ready line. What it prints up to then is in $started.
# Its process is the last of $services.
service() {
    local line pipe
    started=
    exec {pipe}< <(exec "$@" 2>&1)
    services+=($!)
    while builtin read -r line <&"$pipe"; do
        started+="$line"$'\n'
        if [[ $line == ready:* ]]; then
            cat <&"$pipe" > /dev/null &
            return 0
        fi
    done
    printf '%s' "$started"
    return 1
}

# stands_for WORDS VALUE: from here on, WORDS in commands of the page are VALUE.
stands_for() {
    printf '%s\t%s\n' "$1" "$2" >> "$STANDS_FOR"
}
