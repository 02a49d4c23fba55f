# clone NAME: the reader works in a clone of a new, empty repository.
git init --quiet --bare "../$1.git" && git clone --quiet "../$1.git" "../$1" 2> /dev/null && cd "../$1"
