# elsewhere NAME: the reader works in another, empty folder beside the first one.
mkdir "../$1" && cd "../$1"
