"""Read files in a process of its own: one that hangs or dies takes nothing with it.

A request is a line of JSON (`name`, `size`) and the bytes of the file; the answer is a line
of JSON: a reading, or why there is none.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from threading import Event, Timer
from types import TracebackType
from typing import IO, Any, Self

from ruspak_nb.intake.record import Reading, Refused

SECONDS = 300.0
_MOST_MEMORY = 4_000_000_000
# Whatever a library would like to do with a file, this it may not.
_OFFLINE = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec")
# The same input gives the same bytes, whatever the system is set to.
_SETTINGS = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "PYTHONWARNINGS": "ignore",
    "TZ": "UTC",
    "OPENBLAS_NUM_THREADS": "1",
}


class Worker:
    """A process that reads files, begun when it is needed and again after it has died."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, name: str, content: bytes) -> Reading:
        """Read a file. Raises Refused if it is not taken, or takes too long or too much."""
        process = self._process or self._start()
        stopped = Event()

        def stop() -> None:
            stopped.set()
            process.kill()

        timer = Timer(self.seconds, stop)
        timer.start()
        line = b""
        with suppress(OSError):  # a pipe that broke: there is no answer
            assert process.stdin is not None
            assert process.stdout is not None
            header = json.dumps({"name": name, "size": len(content)})
            process.stdin.write(header.encode() + b"\n" + content)
            process.stdin.flush()
            line = process.stdout.readline()
        timer.cancel()
        if not line:
            self._stop()
            slow = f"it took longer than {self.seconds:g} seconds to read"
            raise Refused(
                slow if stopped.is_set() else "its reader broke off: the file is damaged or hostile"
            )
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return Reading(**answer | {"remarks": tuple(answer["remarks"])})

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            # -P: what lies in the folder somebody works in is no module, whatever its name.
            [sys.executable, "-P", "-c", "from ruspak_nb.intake.worker import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _SETTINGS | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more."""
    for line in requests:
        request = json.loads(line)
        answer = _answer(request["name"], requests.read(request["size"]))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(name: str, content: bytes) -> dict[str, Any]:
    from ruspak_nb.intake.languages import tell_language
    from ruspak_nb.intake.readers import read_file

    try:
        reading = read_file(name, content)
        language, where = tell_language(reading)
        return asdict(
            replace(
                reading,
                fields={**reading.fields, "language": language},
                found={**reading.found, "language": where},
            )
        )
    except Refused as fault:
        return {"refused": str(fault)}
    except MemoryError:
        return {"refused": "it takes more memory to read than there is"}
    except Exception as fault:  # one bad file never stops the others
        return {"refused": f"it could not be read ({type(fault).__name__}: {str(fault)[:200]})"}


def _stay_offline(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _OFFLINE:
        raise PermissionError(f"{event}: reading a file needs no network and no other program")


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows knows no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def main() -> None:
    """Serve as the reading process."""
    sys.addaudithook(_stay_offline)
    _limit_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    serve(sys.stdin.buffer, answers)
