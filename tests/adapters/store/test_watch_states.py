"""What a watcher remembers: by fleet and name, replaced and removed."""

from reconciler.adapters.store.watch.watch_states import StoreWatchState

AT = "2026-11-29T03:00:00Z"


def test_values_are_kept_by_fleet_and_name(store) -> None:
    state = StoreWatchState(store)
    state.save("one", {"feed": "7", "commit": "abc"}, AT)
    state.save("other", {"feed": "9"}, AT)
    state.save("one", {"feed": "8", "commit": None}, AT)
    assert (state.read("one"), state.read("other"), state.read("none")) == ({"feed": "8"}, {"feed": "9"}, {})
