"""The files of a dataset: a folder a frame, a Parquet file a part, each there whole or not at all.

    articles/part-0f3a….parquet   and so on for each frame
    _ledger.sqlite  _lock  _new/   what begins with _ is no frame, as other programs know

A part is written to `_new` and moved to its place, and then the ledger counts it. What lies in
a frame's folder and is not in the ledger, as a run that was killed in between leaves it, is
removed by the next run; `list_parts` never names it.
"""

import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ruspak_nb.archive.batches import COLUMNS, pack_table
from ruspak_nb.archive.ledger import LEDGER, File, Ledger

NEW = "_new"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class ArchiveError(RuntimeError):
    """A run cannot go on; what is done is kept, and the same command goes on from there."""


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Word what can go wrong with a disk, in a block that writes to `folder`."""
    again = "what was done is kept and valid, and the same command goes on from there"
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise ArchiveError(
                f"no room left on the disk of {folder}; {again} when there is"
            ) from error
        raise
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise ArchiveError(
                f"no room left on the disk of {folder}; {again} when there is"
            ) from error
        raise ArchiveError(f"{folder / LEDGER}: {error}; {again}") from error
    except sqlite3.DatabaseError as error:
        raise ArchiveError(
            f"{folder / LEDGER} is damaged ({error}); delete {folder} and begin anew"
        ) from error


def write_part(folder: Path, part: str, group: str, tables: Mapping[str, bytes]) -> list[File]:
    """Write the tables of a part, one a frame, all or none; raises OSError as the disk does."""
    new = folder / NEW
    new.mkdir(exist_ok=True)
    try:
        for frame, content in tables.items():
            _write(new / f"{frame}-{part}", content)
        files = []
        for frame, content in tables.items():
            place = folder / frame / f"part-{part}.parquet"
            place.parent.mkdir(exist_ok=True)
            (new / f"{frame}-{part}").replace(place)
            sha256 = hashlib.sha256(content).hexdigest()
            mtime = place.stat().st_mtime_ns
            files.append(File(part, frame, group, len(content), mtime, sha256))
    except OSError:
        shutil.rmtree(new, ignore_errors=True)
        raise
    return files


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def without_articles(folder: Path, file: File, ids: Collection[str]) -> bytes:
    """Give the content of a file without the rows of some articles."""
    table = pq.read_table(folder / file.path, partitioning=None)
    dropped = pa.array(sorted(ids), pa.string())
    return pack_table(table.filter(pc.invert(pc.is_in(table["article_id"], value_set=dropped))))


def find_damage(folder: Path, ledger: Ledger, *, every: bool = False) -> list[tuple[File, str]]:
    """List the files that are not as they were written, and what is wrong with each.

    A file of the same size and time is taken to be the same, unless `every` one is to be read.
    """
    damaged = []
    for file in ledger.files():
        path = folder / file.path
        try:
            now = path.stat()
        except OSError:
            damaged.append((file, "is missing"))
            continue
        if now.st_size != file.size:
            damaged.append((file, f"has {now.st_size:,} bytes instead of {file.size:,}"))
        elif every or now.st_mtime_ns != file.mtime:
            with path.open("rb") as content:
                if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                    damaged.append((file, "is not as it was written"))
                else:
                    mtime = now.st_mtime_ns
                    ledger.update_file(
                        File(file.part, file.frame, file.group, file.size, mtime, file.sha256)
                    )
    return damaged


def sweep(folder: Path, ledger: Ledger) -> int:
    """Remove the files that the ledger does not know, and give their number."""
    shutil.rmtree(folder / NEW, ignore_errors=True)
    removed = 0
    for frame in COLUMNS:
        if not (folder / frame).is_dir():
            continue
        with os.scandir(folder / frame) as entries:
            for entry in entries:
                name = entry.name
                part = name.removeprefix("part-").removesuffix(".parquet")
                if name == f"part-{part}.parquet" and not ledger.has_file(part, frame):
                    Path(entry.path).unlink()
                    removed += 1
        if not any((folder / frame).iterdir()):
            (folder / frame).rmdir()
    return removed


def check_folder(folder: Path) -> None:
    """Raise ArchiveError if there are frames in a folder that no run has written."""
    there = [frame for frame in COLUMNS if (folder / frame).exists()]
    if there and not (folder / LEDGER).exists():
        raise ArchiveError(
            f"{folder} holds {', '.join(there)} and no {LEDGER}, so it is not known what they "
            "are made from; write to a new folder"
        )


def part_name(digest: str, keys: Collection[str]) -> str:
    """Name a part after what is in it and what made it."""
    return hashlib.sha256("\n".join([digest, *keys]).encode()).hexdigest()[:20]
