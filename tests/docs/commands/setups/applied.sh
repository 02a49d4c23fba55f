# applied: the manifests were applied.
reconciler apply --auto-approve --quiet > /dev/null
