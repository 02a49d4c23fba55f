# without-manifests: the shops of the fleet are live, and have no manifest yet.
rm -r shops CODEOWNERS
