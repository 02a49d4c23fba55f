# as-committed: all files are as in the last commit; new files are gone.
git restore . && git clean --quiet --force -d
