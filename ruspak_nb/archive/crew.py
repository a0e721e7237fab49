"""Who does the work: processes of this machine, each of them with a thread to look after it."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

from ruspak_nb.archive.batches import Batch, Result
from ruspak_nb.archive.child import Child, Loads


class Crew(Protocol):
    """What batches are given to."""

    def size(self) -> int:
        """Say how many batches can be worked on at a time."""

    def submit(self, batch: Batch) -> "Future[Result]":
        """Have a batch annotated, some time. Its result may be an ArchiveError or RecipeError."""

    def look(self) -> None:
        """See, while nothing comes back, whether anything still can."""


class Children:
    """A worker process for each thread that asks."""

    def __init__(self, recipe: Loads, seconds: float) -> None:
        self.recipe = recipe
        self.seconds = seconds
        self._mine = threading.local()
        self._all: list[Child] = []

    def annotate(self, batch: Batch) -> Result:
        """Annotate a batch in this thread's own process."""
        if not hasattr(self._mine, "child"):
            self._mine.child = Child(self.recipe, self.seconds)
            self._all.append(self._mine.child)
        child: Child = self._mine.child
        return child.annotate(batch)

    def close(self) -> None:
        """End all processes, whatever they do."""
        for child in self._all:
            child.end()


class LocalCrew:
    """Processes of this machine."""

    def __init__(self, children: Children, workers: int, pool: ThreadPoolExecutor) -> None:
        self._children = children
        self._workers = workers
        self._pool = pool

    def size(self) -> int:
        """Say how many processes there are."""
        return self._workers

    def submit(self, batch: Batch) -> "Future[Result]":
        """Have a batch annotated by the next process that is free."""
        return self._pool.submit(self._children.annotate, batch)

    def look(self) -> None:
        """See nothing: what dies here is noticed by the thread that looks after it."""


@contextmanager
def local_crew(recipe: Loads, workers: int, seconds: float) -> Iterator[LocalCrew]:
    """Open a crew of processes, which are ended with the block."""
    children = Children(recipe, seconds)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="ruspak")
    try:
        yield LocalCrew(children, workers, pool)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        children.close()
        pool.shutdown()
