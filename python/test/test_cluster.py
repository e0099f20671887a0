"""Sweeps on a Dask cluster of two workers on this machine."""

import os
import pathlib
import signal
import threading
import time

import crrsim
import pandas
import pytest

distributed = pytest.importorskip("distributed")

SCENARIO = pathlib.Path(__file__).parents[2] / "scenarios" / "determinism" / "contention_and_retries.yaml"


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield made


def test_a_cluster_gives_bit_identical_results(cluster):
    local = crrsim.sweep(SCENARIO, seeds=range(1, 301), progress=False)
    with distributed.Client(cluster) as client:
        pandas.testing.assert_frame_equal(
            crrsim.sweep(SCENARIO, seeds=range(1, 301), client=client, progress=False), local, check_exact=True
        )
    pandas.testing.assert_frame_equal(
        crrsim.sweep(SCENARIO, seeds=range(1, 11), client=cluster.scheduler_address, progress=False),
        local.head(10),
        check_exact=True,
    )


def test_a_client_that_is_not_the_newest_waits_in_its_own_thread(cluster, monkeypatch):
    looked_at = []
    real = distributed.as_completed

    def noting(*arguments, **named):
        made = real(*arguments, **named)
        looked_at.append(made.loop)
        return made

    monkeypatch.setattr(distributed, "as_completed", noting)
    with distributed.Client(cluster) as client:
        with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=":0") as other:
            with distributed.Client(other) as newest:
                assert distributed.default_client() is newest
                frame = crrsim.sweep(SCENARIO, seeds=range(1, 11), client=client, progress=False)
        assert looked_at == [client.loop]
    assert list(frame["seed"]) == list(range(1, 11))


def test_a_killed_worker_changes_nothing(cluster):
    local = crrsim.sweep(SCENARIO, seeds=range(1, 601), progress=False)
    with distributed.Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))

        def kill():
            deadline = time.monotonic() + 30
            while not any(client.processing().values()) and time.monotonic() < deadline:
                threading.Event().wait(0.01)
            os.kill(victim, signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        frame = crrsim.sweep(SCENARIO, seeds=range(1, 601), client=client, progress=False)
        killer.join()
    pandas.testing.assert_frame_equal(frame, local, check_exact=True)
