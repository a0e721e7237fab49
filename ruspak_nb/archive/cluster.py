"""The same work on a Dask cluster: its workers each look after processes as ours do here.

What Dask adds is who does what, and that the work of a worker that is lost is given to another.
The result of a batch is the bytes of its files, which only the one who runs this writes: the
workers need no disk in common, but the same versions of everything.
"""

import uuid
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress

from distributed import Client, Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from ruspak_nb.archive.batches import Batch, Result
from ruspak_nb.archive.child import Loads
from ruspak_nb.archive.crew import Children
from ruspak_nb.archive.store import ArchiveError

_SECONDS_TO_ANSWER = 10
_SECONDS_FOR_WORKERS = 60


class Annotator(WorkerPlugin):
    """The processes of a Dask worker; one that comes later gets them too."""

    def __init__(self, recipe: Loads, seconds: float) -> None:
        self.recipe = recipe
        self.seconds = seconds

    def setup(self, worker: Worker) -> None:
        """Start with a worker; its processes start with their first batch."""
        self.children = Children(self.recipe, self.seconds)

    def teardown(self, worker: Worker) -> None:
        """End the processes."""
        self.children.close()


def _work(plugin: str, batch: Batch) -> Result:
    annotator = get_worker().plugins[plugin]
    assert isinstance(annotator, Annotator)
    return annotator.children.annotate(batch)


class DaskCrew:
    """The workers of a Dask cluster."""

    def __init__(self, client: Client, address: str, plugin: str) -> None:
        self._client = client
        self._address = address
        self._pool = client.get_executor(pure=False)
        self._plugin = plugin
        self._deserted = False

    def size(self) -> int:
        """Say how many threads the workers have now."""
        return max(sum(self._threads().values()), 1)

    def submit(self, batch: Batch) -> "Future[Result]":
        """Have a batch annotated by a worker."""
        future: Future[Result] = self._pool.submit(_work, self._plugin, batch)
        return future

    def look(self) -> None:
        """See whether the scheduler is there, and has workers.

        Warns once if it has none, which may come back. Raises ArchiveError if it is gone.
        """
        if not self._threads() and not self._deserted:
            self._deserted = True
            warnings.warn(
                f"the Dask scheduler at {self._address} has no workers left; waiting for others",
                stacklevel=2,
            )

    def _threads(self) -> dict[str, int]:
        """Ask the scheduler how many threads each worker has."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, RuntimeError, TimeoutError):
            raise ArchiveError(
                f"the Dask scheduler at {self._address} is gone; what was done is kept, and the "
                "same command goes on from there"
            ) from None
        return threads


@contextmanager
def dask_crew(recipe: Loads, address: str, seconds: float) -> Iterator[DaskCrew]:
    """Open a crew of the workers of the Dask scheduler at an address.

    Raises ArchiveError if nothing answers there, or it has no workers.
    """
    try:
        client = Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ArchiveError(
            f"no Dask scheduler answers at {address} ({_first_line(error)}); start one with "
            "`dask scheduler`, or leave out --scheduler to run on this machine"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_SECONDS_FOR_WORKERS)
        except TimeoutError:
            raise ArchiveError(
                f"the Dask scheduler at {address} has no workers; "
                f"start some with `dask worker {address}`"
            ) from None
        name = f"ruspak-{uuid.uuid4().hex}"  # two runs may share a cluster
        try:
            client.register_plugin(Annotator(recipe, seconds), name=name)
        except Exception as error:  # whatever the worker that failed has met
            raise ArchiveError(
                f"a worker of {address} cannot annotate ({_first_line(error)}); "
                "install the same ruspak-nb[cluster] on every machine"
            ) from None
        try:
            yield DaskCrew(client, address, name)
        finally:
            with suppress(Exception):  # the cluster may be gone
                client.unregister_worker_plugin(name)


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n")[0] or type(error).__name__
