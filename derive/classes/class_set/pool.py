"""Where the work on a class set is done: any ``concurrent.futures.Executor``.

To add one, write a function that says how it is opened; ``finished`` does the rest.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from multiprocessing import connection
from threading import Thread
from typing import Any, TypeVar

from derive.files import one_line
from derive.words.errors import Problem, RefusedError

Task = TypeVar("Task")
Result = TypeVar("Result")

_HANDED_OUT = 2  # tasks for each worker: none waits for its next, and few results wait to be fetched
_MOST_LOSSES = 3
_PATIENCE = 10  # seconds for a scheduler to answer, and for its workers to come back


@dataclass(frozen=True, slots=True)
class Pool:
    """How an executor is opened, how many workers it has, and how one learns that they are gone."""

    open: Callable[[], Executor]
    workers: int
    lost: tuple[type[Exception], ...] = (BrokenExecutor,)
    """What it raises then."""
    is_alive: Callable[[], bool] = lambda: True
    """Whether there is anybody to work, where nothing is raised when there is not."""


class _HereAndNow(Executor):
    """Does each task as soon as it is handed in, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def local(jobs: int | None = None) -> Iterator[Pool]:
    """So many processes of this machine, or as many as it has processors; one job needs no process of its own.

    They are started afresh, not forked: the libraries that lay pages out hold locks that a fork would copy.
    """
    workers = jobs or os.cpu_count() or 1
    if workers == 1:
        yield Pool(_HereAndNow, 1)
        return
    spawn = multiprocessing.get_context("spawn")
    yield Pool(lambda: ProcessPoolExecutor(workers, spawn, _live_with_us), workers)


def pool_of(jobs: int | None, scheduler: str | None = None) -> AbstractContextManager[Pool]:
    """The workers of a scheduler, if one is named, else processes of this machine."""
    return local(jobs) if scheduler is None else dask(scheduler)


def _live_with_us() -> None:
    """A worker leaves interrupts to the process that started it, and ends when that does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if parent := multiprocessing.parent_process():
        Thread(target=_end_after, args=[parent.sentinel], daemon=True).start()


def _end_after(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


@contextmanager
def dask(address: str) -> Iterator[Pool]:
    """The workers of Dask's distributed scheduler at this address, which must have pencilgrad installed."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise RefusedError(Problem("no_distributed")) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # which tells of every worker that comes and goes
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        evidence = {"address": address, "reason": one_line(error)}
        raise RefusedError(Problem("no_scheduler", evidence=evidence)) from None
    with client:
        workers = len(client.scheduler_info()["workers"])
        yield Pool(
            lambda: client.get_executor(pure=False),
            max(workers, 1),
            (distributed.KilledWorker, _NobodyError),
            lambda: _has_workers(client),
        )


def _has_workers(client: Any) -> bool:
    try:
        return bool(client.run_on_scheduler(_workers))
    except OSError:  # of a scheduler that is gone too
        return False


def _workers(dask_scheduler: Any) -> int:
    return len(dask_scheduler.workers)


class _NobodyError(Exception):
    """A scheduler without workers, which waits for some as long as it takes."""


def finished(pool: Pool, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
    """Every task with its result, as soon as that is there.

    A task whose worker has died is given out again. Whatever ends the iteration, no task is left running.
    """
    waiting, losses, is_over = iter(tasks), 0, False
    while not is_over:
        executor, running = pool.open(), dict[Future[Result], Task]()
        try:
            while True:
                for task in islice(waiting, _HANDED_OUT * pool.workers - len(running)):
                    running[executor.submit(work, task)] = task
                if not running:
                    break
                done, _ = wait(running, _PATIENCE, FIRST_COMPLETED)
                if not done and not pool.is_alive():
                    raise _NobodyError
                for future in done:
                    result = future.result()
                    yield running.pop(future), result
            is_over = True
        except pool.lost:
            losses += 1
            if losses == _MOST_LOSSES:
                raise RefusedError(Problem("workers_lost", evidence={"times": losses})) from None
            waiting = chain(list(running.values()), waiting)
        finally:
            for future in running:
                future.cancel()
            executor.shutdown()
