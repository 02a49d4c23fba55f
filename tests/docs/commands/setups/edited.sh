# edited SHOP KEY=VALUE...: a merchant changed this on the screens of the embedded backend.
python -m reconciler.embedded edit "$@" --as merchant --database .reconciler/embedded.db
