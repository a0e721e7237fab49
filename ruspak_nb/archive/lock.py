"""One run at a time in a folder: a lock that the system takes back from a process that died."""

import contextlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LOCK = "_lock"


class LockedError(RuntimeError):
    """Another run is at work in the same folder."""


@contextlib.contextmanager
def hold_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder. Raises LockedError, with process and host, if another does.

    The file names who holds it; that it is there means nothing. The system's own lock on it ends
    with its process, however that ends, so what a killed run leaves behind is no lock.
    """
    path = folder / LOCK
    with path.open("a+", encoding="utf-8") as file:
        try:
            _lock(file)
        except OSError:
            raise LockedError(
                f"{_holder(path)} is writing to {folder}; wait until it has ended, "
                "or write to another folder"
            ) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname()}))
        file.flush()
        yield
        file.truncate(0)


def _holder(path: Path) -> str:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return f"another run (process {said['pid']} on {said['host']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"


if sys.platform == "win32":
    import msvcrt

    # Beyond the text, which others may then read.
    _FAR = 1 << 20

    def _lock(file: IO[str]) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
