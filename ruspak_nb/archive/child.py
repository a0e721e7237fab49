"""A worker process: loads the pipeline once, annotates the batches that come in, dies alone.

It reads pickles from its standard input and writes pickles to its standard output. It is not
one of `multiprocessing`, whose processes may not have children of their own: those of a Dask
worker are such, and an article that never ends can only be stopped with its process.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any, Protocol

from ruspak_nb.archive.batches import Annotate, Batch, Job, Result
from ruspak_nb.archive.recipe import RecipeError

# To import spaCy and load a pipeline takes seconds; on a busy network disk, minutes.
_SECONDS_TO_LOAD = 600
_SECONDS_TO_DIE = 5
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Loads(Protocol):
    """What a worker starts from: anything that can be pickled and loads what annotates."""

    def load(self) -> Annotate:
        """Load what annotates a batch, and tells the place of each article before its turn."""


class _Died(Exception):
    """A worker stopped at an article, at its place in the batch."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(reason)
        self.place = place


class Child:
    """A worker process, started when there is work and anew when it has died."""

    def __init__(self, recipe: Loads, seconds: float) -> None:
        """`seconds` is how long one article may take."""
        self.recipe = recipe
        self.seconds = seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.replies: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._ended = False
        self._turn = threading.Lock()

    def annotate(self, batch: Batch) -> Result:
        """Annotate a batch; an article at which the worker dies twice is set aside.

        Raises RecipeError if a worker cannot load the pipeline.
        """
        failures: dict[str, str] = {}
        jobs, struck = list(batch.jobs), set[str]()
        while True:
            try:
                result = self._ask(Batch(tuple(jobs)))
                return Result(result.tables, failures | dict(result.failures))
            except _Died as death:
                job = jobs[death.place]
                # Alone, so that nothing else can be to blame; once more, for a killed worker.
                key = job.article.key
                reason = str(death) if key in struck else self._try_alone(job)
                struck.add(key)
                if reason:
                    failures[key] = reason
                    jobs.remove(job)

    def _try_alone(self, job: Job) -> str:
        try:
            self._ask(Batch((job,)))
        except _Died as death:
            return str(death)
        return ""

    def _ask(self, batch: Batch) -> Result:
        process = self._start()
        place = 0
        with contextlib.suppress(OSError, ValueError):  # it died, or was ended, just now
            assert process.stdin
            pickle.dump(batch, process.stdin)
            process.stdin.flush()
        while True:
            try:
                kind, value = self.replies.get(timeout=self.seconds)
            except queue.Empty:
                self.close()
                raise _Died(place, f"took longer than {self.seconds:g} seconds") from None
            if kind == "at":
                place = value
            elif kind == "result":
                return value  # type: ignore[no-any-return]
            else:
                code = self.close(dying=True)
                raise _Died(place, f"its worker died ({_how(code)})")

    def _start(self) -> subprocess.Popen[bytes]:
        process = self.process
        if process and process.poll() is None:
            return process
        self.close()
        with self._turn:
            if self._ended:
                raise RecipeError("the run has ended")
            # As this process sees the package, wherever that is installed.
            start = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import main; main()"
            process = self.process = subprocess.Popen(
                [sys.executable, "-c", start],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **_ENVIRONMENT},
            )
        assert process.stdin and process.stdout
        self.replies = queue.Queue()
        threading.Thread(target=_listen, args=(process.stdout, self.replies), daemon=True).start()
        with contextlib.suppress(OSError):
            pickle.dump(self.recipe, process.stdin)
            process.stdin.flush()
        try:
            kind, value = self.replies.get(timeout=_SECONDS_TO_LOAD)
        except queue.Empty:
            self.close()
            raise RecipeError(
                f"a worker did not load the pipeline within {_SECONDS_TO_LOAD} seconds"
            ) from None
        if kind != "ready":
            code = self.close(dying=True)
            raise RecipeError(value or f"a worker died while it loaded the pipeline ({_how(code)})")
        return process

    def end(self) -> None:
        """End the process, whatever it does, and start none again."""
        with self._turn:
            self._ended = True
        self.close()

    def close(self, *, dying: bool = False) -> int:
        """End the process, if it runs, and give its exit code."""
        process, self.process = self.process, None
        if process is None:
            return 0
        if dying:  # it may have something to say of it
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_DIE)
        process.kill()
        with contextlib.suppress(OSError):  # what was to be written has no reader any more
            if process.stdin:
                process.stdin.close()
        return process.wait()


def _listen(replies: IO[bytes], into: "queue.Queue[tuple[str, Any]]") -> None:
    for reply in _pickles(replies):
        into.put(reply)
    into.put(("gone", ""))


def _pickles(stream: IO[bytes]) -> Iterator[Any]:
    # A process that is killed while it writes leaves half a pickle.
    with contextlib.suppress(EOFError, pickle.UnpicklingError, ValueError, OSError), stream:
        while True:
            yield pickle.load(stream)


def _how(code: int) -> str:
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def main() -> None:
    """Be a worker, until there is nobody to work for."""
    # Ctrl-C is for the one who started the run; it ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the replies

    def tell(kind: str, value: object) -> None:
        pickle.dump((kind, value), out)
        out.flush()

    inbox = _pickles(sys.stdin.buffer)
    with contextlib.suppress(BrokenPipeError):
        try:
            annotate: Annotate = next(inbox).load()
        except Exception as error:
            tell("broken", str(error) or type(error).__name__)
            return
        tell("ready", None)
        for batch in inbox:
            tell("result", annotate(batch, lambda place: tell("at", place)))
