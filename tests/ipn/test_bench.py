"""`make bench-ipn`, on a small scale: it runs to its end and tells, in one run, all that it is for."""

from bench.ipn import Scale, main


def test_the_figures_stand_beside_each_other_in_one_run(capfd):
    assert main(Scale(messages=40, rounds=1, alone=5, addresses=40)) == 0
    told = capfd.readouterr().out
    for figure in (
        "accepted: verified and on the disk",
        "accepted while the worker works on them",
        "the same server that answers 200 and does nothing",
        "bare signature checks",
        "bare durable inserts, one in a commit",
        "bare durable inserts, 32 in a commit",
    ):
        assert f" x   {figure}" in told
    assert told.count("p50") == told.count("p99") == 3
    assert "MiB before 40 addresses of certificates that do not exist" in told
