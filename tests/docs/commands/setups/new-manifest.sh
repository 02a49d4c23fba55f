# new-manifest: nara-ink has a new manifest without values.
reconciler new nara-ink --group standard > /dev/null 2>&1
