"""The pool of a class set: every task is done once, whoever does it and whoever dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from derive.classes.class_set.pool import Pool, dask, finished, local
from derive.words.errors import RefusedError


@pytest.fixture(autouse=True)
def importable(monkeypatch) -> None:
    """This module, for the processes that are started: its functions are the tasks."""
    # At the end of the path, so that the package that is tested stays the first.
    monkeypatch.setattr(sys, "path", [*sys.path, str(Path(__file__).parents[__name__.count(".")])])


def square(number: int) -> int:
    return number**2


def fall_over_once(task: tuple[int, str]) -> int:
    """Kills its own process, unless that has been done."""
    number, folder = task
    mark = Path(folder) / "killed"
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return number


def always_die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def done(pool, work, tasks):
    with pool as opened:
        return list(finished(opened, work, tasks))


@pytest.mark.parametrize(
    "pool", [local(1), local(2), nullcontext(Pool(lambda: ThreadPoolExecutor(3), 3))], ids=["1", "2", "any"]
)
def test_every_task_is_done_once(pool):
    """In this process, in two, or in any executor."""
    assert sorted(done(pool, square, range(20))) == [(number, number**2) for number in range(20)]


def test_what_a_task_raises_is_raised():
    """And nothing is left running."""
    with pytest.raises(ZeroDivisionError):
        done(local(1), lambda number: 1 // number, [1, 0])


def test_a_task_whose_process_dies_is_done_by_another(tmp_path):
    """Nothing is lost and nothing done twice."""
    tasks = [(number, str(tmp_path)) for number in range(12)]
    results = [result for _, result in done(local(2), fall_over_once, tasks)]
    assert (tmp_path / "killed").exists()
    assert sorted(results) == list(range(12))


def test_workers_that_keep_dying_are_given_up():
    """With a sentence, not with a loop."""
    with pytest.raises(RefusedError, match="3 times") as caught:
        done(local(2), always_die, [1])
    assert caught.value.problems[0].code == "workers_lost"


def test_few_results_wait_to_be_fetched():
    """Tasks are handed out as results are fetched: memory does not grow with the class."""
    handed_out = []

    def tasks():
        for number in range(100):
            handed_out.append(number)
            yield number

    with local(1) as pool:
        next(finished(pool, square, tasks()))
    assert len(handed_out) <= 3


def test_an_iteration_that_is_given_up_leaves_nothing_behind():
    """As when the disk is full in the middle."""
    with local(2) as pool:
        results = finished(pool, square, range(1000))
        next(results)
        results.close()
    assert not multiprocessing.active_children()


class TestDask:
    """A real scheduler on this machine, with two workers."""

    distributed = pytest.importorskip("distributed")

    @pytest.mark.slow
    def test_one_worker_is_killed_half_way(self, tmp_path):
        """Nothing is lost."""
        with self.distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            tasks = [(number, str(tmp_path)) for number in range(12)]
            results = [result for _, result in done(dask(cluster.scheduler_address), fall_over_once, tasks)]
        assert (tmp_path / "killed").exists()
        assert sorted(results) == list(range(12))

    def test_workers_that_do_not_come_back_are_given_up(self, monkeypatch):
        """A scheduler would wait for others for ever."""
        monkeypatch.setattr("derive.classes.class_set.pool._PATIENCE", 1)
        cluster = self.distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None)
        with cluster, dask(cluster.scheduler_address) as pool:
            cluster.scale(0)
            with pytest.raises(RefusedError, match="3 times"):
                list(finished(pool, square, range(4)))

    def test_a_scheduler_that_does_not_answer(self, monkeypatch):
        """Is a sentence."""
        monkeypatch.setattr("derive.classes.class_set.pool._PATIENCE", 1)
        with pytest.raises(RefusedError, match=r"127\.0\.0\.1:9") as caught:
            done(dask("tcp://127.0.0.1:9"), square, [1])
        assert caught.value.problems[0].code == "no_scheduler"


def test_without_the_package(monkeypatch):
    """It says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(RefusedError, match=r"pencilgrad\[cluster\]") as caught:
        done(dask("tcp://127.0.0.1:8786"), square, [1])
    assert caught.value.problems[0].code == "no_distributed"
