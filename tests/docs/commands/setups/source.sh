# source: the reader works in a clone of the source tree. Only for commands that change nothing there.
cd "$SOURCE"
