# discarded: what was changed and not committed is as in the last commit again.
git restore .
