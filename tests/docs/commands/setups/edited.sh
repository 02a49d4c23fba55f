# edited SHOP KEY=VALUE...: the merchant tanaka changed this on the screens of the embedded backend.
python -m reconciler.embedded edit "$@" --as tanaka --database .reconciler/embedded.db
