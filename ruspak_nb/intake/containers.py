"""Walk folders and zip files, and read what is in them within limits."""

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from ruspak_nb.intake.record import Refused

MEGABYTE = 1_000_000
MOST_BYTES = 100 * MEGABYTE  # of a file
MOST_UNPACKED = 300 * MEGABYTE  # of all that is in a zip file
MOST_MEMBERS = 5_000
# Text packs to a tenth, and a zip that explodes to a thousandth.
MOST_RATIO = 200
_RATIO_FROM = 5 * MEGABYTE
_CHUNK = 1 << 16
# What systems and editors leave beside files.
_LEFTOVERS = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))


class Found(NamedTuple):
    """A file as it was found: its path in words, its name, and its bytes or why there are none."""

    path: str
    name: str
    content: bytes | Refused


def read_paths(paths: list[Path]) -> Iterator[Found]:
    """Read files, folders and zip files, in order; folders and archives by name.

    A link to a folder is not followed, and what a browser saved beside a page (`NAME_files`)
    belongs to the page.
    """
    for path in paths:
        if path.is_dir():
            yield from _read_folder(path)
        else:
            yield from _read_file(path)


def _read_folder(folder: Path) -> Iterator[Found]:
    faults: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=faults.append):
        here = Path(place)
        for name in sorted(folders):
            if (here / name).is_symlink():
                yield Found(str(here / name), name, Refused("it is a link to a folder; name that"))
        pages = {Path(name).stem for name in files if name.lower().endswith((".html", ".htm"))}
        folders[:] = sorted(
            name for name in folders if not (_is_left(name) or _is_beside(name, pages))
        )
        for name in sorted(files):
            if not _is_left(name):
                yield from _read_file(here / name)
    for fault in faults:
        place = str(fault.filename or folder)
        yield Found(place, Path(place).name, Refused(f"it cannot be read: {fault.strerror}"))


def _is_left(name: str) -> bool:
    return name.startswith(".") or name in _LEFTOVERS


def _is_beside(folder: str, pages: set[str]) -> bool:
    return folder.endswith("_files") and folder.removesuffix("_files") in pages


def _read_file(path: Path) -> Iterator[Found]:
    try:
        if not path.is_file():
            raise Refused("no such file or folder" if not path.exists() else "it is no file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise Refused(f"it is larger than {MOST_BYTES // MEGABYTE} MB")
    except Refused as fault:
        yield Found(str(path), path.name, fault)
    except (OSError, ValueError) as fault:
        said = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        yield Found(str(path), path.name, Refused(f"it cannot be read: {said}"))
    else:
        if path.suffix.lower() == ".zip":
            yield from _read_zip(str(path), path.name, content)
        else:
            yield Found(str(path), path.name, content)


def _read_zip(path: str, name: str, content: bytes) -> Iterator[Found]:
    pages: set[str] = set()
    try:
        for member, data in Archive(content):
            inner = PurePosixPath(member.replace("\\", "/")).name
            place = PurePosixPath(member)
            if any(_is_left(part) for part in place.parts if part != ".."):
                continue
            # By name a page comes before the folder of what was saved beside it.
            if any(_is_beside(str(folder), pages) for folder in place.parents):
                continue
            if inner.lower().endswith((".html", ".htm")):
                pages.add(str(place.with_suffix("")))
            if inner.lower().endswith(".zip"):
                data = Refused("a zip file within a zip file is not opened; unpack it first")
            yield Found(f"{path}/{member}", inner, data)
    except Refused as fault:
        yield Found(path, name, fault)


class Archive:
    """The files of a zip, each read within limits that its headers are not asked about."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[tuple[str, bytes | Refused]]:
        """Yield each file's name and bytes, or why it is not read; raise Refused for the whole."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) > MOST_MEMBERS:
                    raise Refused(f"it holds {len(members):,} files, more than {MOST_MEMBERS:,}")
                if not members:
                    raise Refused("there is no file in it")
                left = MOST_UNPACKED
                for member in sorted(members, key=lambda member: member.filename):
                    data = _read_member(archive, member, left, len(self.content))
                    left -= len(data) if isinstance(data, bytes) else 0
                    yield member.filename, data
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            if isinstance(fault, Refused):
                raise
            raise Refused(f"the archive is damaged: {fault}") from None


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int, size: int
) -> bytes | Refused:
    name = member.filename
    if name.startswith(("/", "\\")) or PureWindowsPath(name).drive or ".." in _parts(name):
        return Refused("its name leads out of the archive; nothing was unpacked")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Refused("it is a link; nothing was unpacked")
    if member.flag_bits & 1:
        return Refused("it asks for a password; unpack it first")
    packed = min(member.compress_size, size)
    data = bytearray()
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                data += chunk
                if len(data) > min(left, MOST_BYTES):
                    raise _too_large(left)
                if len(data) > _RATIO_FROM and len(data) > MOST_RATIO * packed:
                    raise Refused(
                        f"the archive explodes: {name[:80]!r} unpacks to more than "
                        f"{MOST_RATIO} times its size"
                    )
    except Refused:
        raise
    except Exception as fault:  # whatever a packed stream can do to its reader
        return Refused(f"it is damaged in the archive: {fault}")
    return bytes(data)


def _too_large(left: int) -> Refused:
    if left < MOST_BYTES:
        return Refused(f"the archive unpacks to more than {MOST_UNPACKED // MEGABYTE} MB")
    return Refused(f"a file in the archive is larger than {MOST_BYTES // MEGABYTE} MB")


def _parts(name: str) -> tuple[str, ...]:
    return PurePosixPath(name.replace("\\", "/")).parts
