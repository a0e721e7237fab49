"""Read articles one by one from folders, zip files, JSONL, CSV and Parquet.

Never more than a batch is in memory, however long the input. What names and metadata there are
of a folder or zip file waits in a temporary database on the disk. (The directory of a zip file
is an exception: a million members take some hundred megabytes.)
"""

import csv
import gzip
import hashlib
import io
import json
import os
import sqlite3
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from ruspak_nb.corpus import ADDED_COLUMNS, CITABLE, COLUMNS, DATASHEET, METADATA, CorpusError
from ruspak_nb.schema import suggest

TEXT = "text"
# A row may name its metadata as the datasheet does, or as the `articles` frame.
_NAMES = {**{name: name for name in COLUMNS}, **{frame: sheet for sheet, frame in METADATA.items()}}
# What makes an article what it is; the rest of the datasheet is notes.
_MATTERS = ("article_id", *METADATA, "boilerplate_spans")
# An unpacked text of more than this is no article.
MOST_BYTES = 100_000_000
_AT_ONCE = 64  # rows of Parquet


@dataclass(frozen=True)
class Article:
    """A text with what is known about it: `meta` has columns of the datasheet.

    `file` says where it stands ("a.txt", "news.jsonl:17"), `source` in which of the inputs.
    """

    text: str
    meta: Mapping[str, str]
    file: str
    source: str
    sha256: str

    @cached_property
    def key(self) -> str:
        """Hash of the text and of what is known about it, wherever it stands."""
        known = [self.meta.get(name, "") for name in _MATTERS]
        return _digest(json.dumps([self.text, *known], ensure_ascii=False))

    @cached_property
    def text_key(self) -> str:
        """Hash of the text alone."""
        return _digest(self.text)


@dataclass(frozen=True)
class Unreadable:
    """A file or row that holds no article, and why."""

    file: str
    source: str
    reason: str


Item = Article | Unreadable


def read_articles(
    paths: Sequence[str | Path], *, encoding: str = "utf-8"
) -> Iterator[Article | Unreadable]:
    """Give the articles of folders, zip files, JSONL, CSV and Parquet files, one at a time.

    A folder or zip file holds `.txt` files, with or without a `documents.csv`; a folder without
    them may hold files of the other kinds. JSONL (`.jsonl`, `.ndjson`), CSV, both also with
    `.gz`, and Parquet have a column `text`, and any of the datasheet's columns or those of the
    `articles` frame. Order: as given; within a folder or zip file by name.

    Raises CorpusError if there is no such path, its kind is unknown, a datasheet or table lacks
    what it needs, or there is no such encoding. What is wrong with one article is no error.
    """
    try:
        "".encode(encoding)
    except LookupError:
        raise CorpusError(f"no encoding {encoding!r}; try 'utf-8', 'cp1252' or 'latin-1'") from None
    for path in map(Path, paths):
        for each, read in _open(path):
            yield from read(each, encoding, source_of(path))


def source_of(path: str | Path) -> str:
    """Give the name under which a path is known as a source."""
    return Path(path).resolve().as_posix()


def count_articles(paths: Sequence[str | Path]) -> int:
    """Count the articles of the same paths, without reading more than is needed for that."""
    return sum(_COUNTERS[_kind(each)](each) for path in paths for each, _ in _open(Path(path)))


def _open(path: Path) -> Iterator[tuple[Path, "Reader"]]:
    if not path.exists():
        raise CorpusError(f"{path}: no such folder or file")
    if path.is_dir() and not _holds_texts(path):
        shards = sorted(p for p in path.iterdir() if _kind(p) in _READERS and p.is_file())
        if not shards:
            raise CorpusError(
                f"no article in {path}: there must be `.txt` files, or files of the kinds "
                f"{', '.join(KINDS)}; folders within a folder are named one by one"
            )
        yield from ((shard, _READERS[_kind(shard)]) for shard in shards)
        return
    kind = _kind(path)
    if kind not in _READERS:
        raise CorpusError(
            f"{path.name}: articles are read from folders and from {', '.join(KINDS)}"
        )
    yield path, _READERS[kind]


def _holds_texts(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(_is_text(entry.name) or entry.name == DATASHEET for entry in entries)


def _is_text(name: str) -> bool:
    # A name that begins with a dot is the file system's own, such as macOS' "._a.txt".
    return name.lower().endswith(".txt") and not name.startswith(".")


def _kind(path: Path) -> str:
    if path.is_dir():
        return "folder"
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    if suffixes[-1:] == [".gz"]:
        suffixes = suffixes[:-1]
    return suffixes[-1] if suffixes and not path.name.startswith(".") else ""


# Folders and zip files


def _read_folder(folder: Path, encoding: str, source: str) -> Iterator[Item]:
    sheet = folder / DATASHEET
    with _index() as index:
        with os.scandir(folder) as entries:
            _add_files(index, (entry.name for entry in entries if _is_text(entry.name)))
        if sheet.is_file():
            with sheet.open(encoding="utf-8-sig", newline="") as lines:
                _add_rows(index, lines, str(sheet))
        for name, meta in _listed(index):
            yield _read_file(folder, name, meta, encoding, source)


def _read_file(
    folder: Path, name: str, meta: Mapping[str, str], encoding: str, source: str
) -> Item:
    place = folder / name
    try:
        if not place.resolve().is_relative_to(folder.resolve()):
            return Unreadable(name, source, "leaves the folder; copy the file into it")
        if place.stat().st_size > MOST_BYTES:
            return Unreadable(name, source, _too_large(place.stat().st_size))
        raw = place.read_bytes()
    except FileNotFoundError:
        fault = f"listed in {DATASHEET}, but not there; add the file or delete the row"
        return Unreadable(name, source, fault)
    except (OSError, ValueError, RuntimeError) as error:
        return Unreadable(name, source, f"cannot be read: {error}")
    return _decoded(raw, encoding, meta, name, source)


def _read_text(path: Path, encoding: str, source: str) -> Iterator[Item]:
    """Read one `.txt` file, with its row of the datasheet beside it if there is one."""
    meta: Mapping[str, str] = {}
    sheet = path.parent / DATASHEET
    if sheet.is_file():
        with _index() as index, sheet.open(encoding="utf-8-sig", newline="") as lines:
            _add_rows(index, lines, str(sheet))
            found = index.execute("SELECT row FROM files WHERE name = ?", (path.name,)).fetchone()
            meta = json.loads(found[0]) if found else {}
    yield _read_file(path.parent, path.name, meta, encoding, source)


def _read_zip(path: Path, encoding: str, source: str) -> Iterator[Item]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise CorpusError(f"{path.name} cannot be read as a zip file: {error}") from None
    with archive, _index() as index:
        base = _base(archive)
        _add_files(index, _members(archive, base))
        if f"{base}{DATASHEET}" in archive.NameToInfo:
            with archive.open(f"{base}{DATASHEET}") as raw:
                lines = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
                _add_rows(index, lines, f"{path.name}: {base}{DATASHEET}")
        for name, meta in _listed(index):
            yield _read_member(archive, base, name, meta, source, encoding)


def _read_member(
    archive: zipfile.ZipFile,
    base: str,
    name: str,
    meta: Mapping[str, str],
    source: str,
    encoding: str,
) -> Item:
    info = archive.NameToInfo.get(base + name)
    if info is None:
        fault = f"listed in {DATASHEET}, but not there; add the file or delete the row"
        return Unreadable(name, source, fault)
    try:
        with archive.open(info) as member:
            # What a zip file says of sizes may be a lie.
            raw = member.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        return Unreadable(name, source, f"cannot be unpacked: {error}")
    except Exception as error:  # zlib and its like each have an error of their own
        return Unreadable(name, source, f"cannot be unpacked: {error}")
    if len(raw) > MOST_BYTES:
        return Unreadable(name, source, _too_large(info.file_size))
    return _decoded(raw, encoding, meta, name, source)


def _members(archive: zipfile.ZipFile, base: str) -> Iterator[str]:
    for name in archive.NameToInfo:
        parts = PurePosixPath(name).parts
        hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
        if parts and _is_text(parts[-1]) and not hidden and name.startswith(base):
            yield name.removeprefix(base)


def _base(archive: zipfile.ZipFile) -> str:
    """Give the folder in a zip file that holds its datasheet, or else the whole."""
    sheets = [n for n in archive.NameToInfo if PurePosixPath(n).name == DATASHEET]
    sheets = [n for n in sheets if not n.startswith("__MACOSX")]
    nearest = min(sheets, key=lambda name: (name.count("/"), name), default="")
    return nearest.removesuffix(DATASHEET)


def _index() -> "closing[sqlite3.Connection]":
    """Open a temporary database of names, which is deleted when it is closed."""
    index = sqlite3.connect("")
    index.execute("CREATE TABLE files (name TEXT PRIMARY KEY, row TEXT, there INT) WITHOUT ROWID")
    return closing(index)


def _add_files(index: sqlite3.Connection, names: Iterable[str]) -> None:
    rows = ((name, "{}") for name in names)
    index.executemany("INSERT OR IGNORE INTO files VALUES (?, ?, 1)", rows)


def _add_rows(index: sqlite3.Connection, lines: Iterable[str], sheet: str) -> None:
    """Add the rows of a datasheet, and warn of the files that it leaves out."""
    reader = csv.DictReader(lines, strict=True)
    try:
        _check_columns(reader.fieldnames or [], Path(sheet).name)
        for row in reader:
            meta = {k: v.strip() for k, v in row.items() if k and isinstance(v, str) and v.strip()}
            name = PurePosixPath(meta.pop("file", "")).as_posix()
            index.execute(
                "INSERT INTO files VALUES (?, ?, 2) "
                "ON CONFLICT (name) DO UPDATE SET row = excluded.row, there = there + 2",
                (name, json.dumps(meta, ensure_ascii=False)),
            )
    except (csv.Error, UnicodeDecodeError) as error:
        raise CorpusError(f"{sheet}, row {reader.line_num}: {error}") from None
    for (name,) in index.execute("SELECT name FROM files WHERE there > 3 LIMIT 1"):
        raise CorpusError(f"{sheet}: {name!r} is listed twice; delete one of the rows")
    (unlisted,) = index.execute("SELECT count(*) FROM files WHERE there = 1").fetchone()
    if unlisted:
        warnings.warn(
            f"{unlisted:,} file(s) not listed in {DATASHEET}, read without metadata", stacklevel=2
        )


def _check_columns(names: Iterable[str], sheet: str) -> None:
    allowed = (*COLUMNS, *ADDED_COLUMNS)
    for name in names:
        if name not in allowed:
            raise CorpusError(f"{sheet}: unknown column {name!r}; {suggest(name, allowed)}")
    if "file" not in names:
        raise CorpusError(f"{sheet}: column missing: file")


def _listed(index: sqlite3.Connection) -> Iterator[tuple[str, dict[str, str]]]:
    for name, row in index.execute("SELECT name, row FROM files ORDER BY name"):
        yield name, json.loads(row)


def _decoded(raw: bytes, encoding: str, meta: Mapping[str, str], file: str, source: str) -> Item:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        return Unreadable(file, source, _not_encoded(raw, encoding, error.start))
    return _article(text, meta, file, source, hashlib.sha256(raw).hexdigest())


# Tables


def _read_jsonl(path: Path, encoding: str, source: str) -> Iterator[Item]:
    unknown: dict[str, int] = {}
    with _binary(path) as lines:
        for number, raw in enumerate(_lines(lines), start=1):
            if raw.strip():
                yield _json_row(raw, encoding, f"{path.name}:{number}", source, unknown)
    _warn_unknown(path, unknown)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give the lines of a file, of one that is too long only the beginning."""
    while line := file.readline(MOST_BYTES + 1):
        yield line
        while len(line) > MOST_BYTES and not line.endswith(b"\n"):
            line = file.readline(MOST_BYTES + 1)


def _json_row(
    raw: bytes, encoding: str, file: str, source: str, unknown: dict[str, int]
) -> Article | Unreadable:
    if len(raw) > MOST_BYTES:
        return Unreadable(file, source, _too_large(len(raw)))
    try:
        row = json.loads(raw.decode("utf-8-sig" if encoding == "utf-8" else encoding))
    except UnicodeDecodeError as error:
        return Unreadable(file, source, _not_encoded(raw, encoding, error.start))
    except (ValueError, RecursionError) as error:
        return Unreadable(file, source, f"is no JSON: {error}")
    if not isinstance(row, dict):
        return Unreadable(file, source, "is no JSON object with a `text`")
    return _row(row, file, source, unknown)


def _read_csv(path: Path, encoding: str, source: str) -> Iterator[Item]:
    unknown: dict[str, int] = {}
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # an article is longer than csv's 131,072
    given = "utf-8-sig" if encoding == "utf-8" else encoding
    with _binary(path) as raw:
        # A byte that is none of the encoding spoils its own row, and no other.
        lines = io.TextIOWrapper(raw, given, errors="surrogateescape", newline="")
        reader = csv.DictReader(lines, strict=True)
        _need_text(reader.fieldnames or [], path)
        number = 0
        while True:
            number += 1
            file = f"{path.name}:{number}"
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                yield Unreadable(file, source, f"{error}; check its double quotes")
                continue
            if None in row:
                yield Unreadable(file, source, "more cells than columns")
            else:
                yield _row(row, file, source, unknown)
    _warn_unknown(path, unknown)


def _read_parquet(path: Path, encoding: str, source: str) -> Iterator[Item]:
    unknown: dict[str, int] = {}
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise CorpusError(f"{path.name} cannot be read as Parquet: {error}") from None
    with file:
        names = file.schema_arrow.names
        _need_text(names, path)
        wanted = [name for name in names if name in (TEXT, *_NAMES)]
        number = 0
        for batch in file.iter_batches(batch_size=_AT_ONCE, columns=wanted):
            for row in batch.to_pylist():
                number += 1
                yield _row(row, f"{path.name}:{number}", source, unknown)


def _row(row: Mapping[str, Any], file: str, source: str, unknown: dict[str, int]) -> Item:
    """Make an article of a row; names that say nothing to us are counted in `unknown`."""
    text = row.get(TEXT)
    if not isinstance(text, str):
        return Unreadable(file, source, "has no `text`")
    if (place := _surrogate(text)) is not None:
        return Unreadable(file, source, f"`text` is damaged at character {place}: not Unicode")
    meta: dict[str, str] = {}
    for name, value in row.items():
        if name not in _NAMES:
            if name != TEXT:
                unknown[name] = unknown.get(name, 0) + 1
            continue
        said = _word(value)
        if said is None or _surrogate(said) is not None:
            return Unreadable(file, source, f"`{name}` is {type(value).__name__}, not text")
        if said:
            meta[_NAMES[name]] = said
    named = meta.pop("file", "") or file
    return _article(text, meta, named, source, _digest(text))


def _article(text: str, meta: Mapping[str, str], file: str, source: str, sha256: str) -> Item:
    given = meta.get("article_id", "")
    if given and not CITABLE.fullmatch(given):
        fault = f"article_id {given!r} must be lower-case words joined by hyphens"
        return Unreadable(file, source, fault)
    return Article(text, meta, file, source, sha256)


def _word(value: object) -> str | None:
    """Give what a cell says as text, or None if it cannot be said so."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, str | int | float | date):
        return str(value).strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value) if isinstance(value, list) else None


def _need_text(names: Iterable[str], path: Path) -> None:
    if TEXT not in names:
        raise CorpusError(f"{path.name} has no column `text`; it has {', '.join(names) or 'none'}")


def _warn_unknown(path: Path, unknown: Mapping[str, int]) -> None:
    if unknown:
        names = ", ".join(sorted(unknown)[:8])
        warnings.warn(f"{path.name}: column(s) not read: {names}", stacklevel=2)


def _surrogate(text: str) -> int | None:
    """Give the place of the first half of a character, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


def _binary(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def _too_large(size: int) -> str:
    return f"{size:,} bytes are too many for an article; split it below {MOST_BYTES:,}"


def _not_encoded(raw: bytes, encoding: str, place: int) -> str:
    return f"is not {encoding}: byte 0x{raw[place]:02x} at position {place}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _count_folder(folder: Path) -> int:
    with os.scandir(folder) as entries:
        return sum(_is_text(entry.name) for entry in entries)


def _count_zip(path: Path) -> int:
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(1 for _ in _members(archive, _base(archive)))
    except (zipfile.BadZipFile, OSError):
        return 0


def _count_lines(path: Path) -> int:
    with _binary(path) as file:
        return sum(1 for line in _lines(file) if line.strip())


def _count_rows(path: Path) -> int:
    with _binary(path) as raw:
        csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
        lines = io.TextIOWrapper(raw, "latin-1", newline="")
        return max(sum(1 for _ in csv.reader(lines)) - 1, 0)


def _count_parquet(path: Path) -> int:
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return 0


Reader = Callable[[Path, str, str], Iterator[Item]]
_READERS: Mapping[str, Reader] = {
    "folder": _read_folder,
    ".txt": _read_text,
    ".zip": _read_zip,
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
KINDS = tuple(kind for kind in _READERS if kind.startswith("."))
_COUNTERS: Mapping[str, Callable[[Path], int]] = {
    "folder": _count_folder,
    ".txt": lambda _: 1,
    ".zip": _count_zip,
    ".jsonl": _count_lines,
    ".ndjson": _count_lines,
    ".csv": _count_rows,
    ".parquet": _count_parquet,
}
