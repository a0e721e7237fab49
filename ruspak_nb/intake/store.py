"""Write articles into the folder of a corpus, and never over what stands there."""

import csv
import hashlib
import io
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePath

from ruspak_nb.corpus import (
    ADDED_COLUMNS,
    ARTICLES,
    COLUMNS,
    DATASHEET,
    ORIGINALS,
    CorpusError,
    name_article,
    seeds_folder,
)
from ruspak_nb.intake.record import Reading, Refused, fold
from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.sheets import read_sheet

OTHER_LANGUAGES = "other-languages"
_COLUMNS = (*COLUMNS[:-1], *ADDED_COLUMNS, COLUMNS[-1])
_CELLS = {"title": "title", "author": "author", "outlet": "outlet", "outlet_url": "url"}
_LONGEST_STEM = 80
# What Windows allows in no name, and what would hide a name or send it elsewhere.
_NOT_IN_NAMES = re.compile(
    r'[\x00-\x1f\x7f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)


def corpus_folder(corpus: Path) -> Path:
    """Give the folder of texts of a project: its `seeds`, or itself if it holds the texts.

    Raises CorpusError if that is the folder of the five articles, which stay as they are.
    """
    if corpus.exists() and not corpus.is_dir():
        raise CorpusError(f"{corpus} is a file; name the folder of a corpus")
    folder = corpus / ARTICLES
    if not folder.is_dir() and ((corpus / DATASHEET).is_file() or any(corpus.glob("*.txt"))):
        folder = corpus
    if folder.exists() and folder.samefile(seeds_folder()):
        raise CorpusError(
            "these are the five articles of this project, which stay as they are; "
            "name your own folder, as in --corpus my-corpus"
        )
    return folder


class Store:
    """A folder of texts with its datasheet, and the folder of originals; both only grow."""

    def __init__(self, folder: Path, originals: Path) -> None:
        self.folder, self.originals = folder, originals
        self.sheet = folder / DATASHEET
        self.rows: list[dict[str, str]] = []
        if self.sheet.is_file():
            columns = (*COLUMNS, *ADDED_COLUMNS)
            sheet = read_sheet(self.sheet, columns, needed=("file",), error=CorpusError)
            self.rows = [row for _, row in sheet]

    def find_original(self, sha256: str) -> dict[str, str] | None:
        """Give the row of the article that was made from exactly these bytes."""
        return next((row for row in self.rows if row.get("sha256_original") == sha256), None)

    def find_text(self, text: str) -> dict[str, str] | None:
        """Give the row of an article with exactly this text."""
        data = text.encode()
        for row in self.rows:
            path = self.folder / row["file"]
            if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
                return row
        return None

    def add(self, name: str, content: bytes, reading: Reading, taken: set[str], note: str) -> str:
        """Write original, text and row; return the name of the text file.

        `taken` are the ids that articles have already; the new one is added to it.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        for folder in (self.folder, self.originals):
            folder.mkdir(parents=True, exist_ok=True)
        original = _free_name(self.originals, _original_name(name), sha256)
        file = _free_name(self.folder, f"{_stem(reading, name, sha256)}.txt", sha256)
        row = _row(reading, file, f"{ORIGINALS}/{original}", sha256, note)
        first = {"author": row["author"].split(";")[0], "published_earliest": row["date_earliest"]}
        row["article_id"] = name_article(row | first, taken)
        _write_new(self.originals / original, content)
        _write_new(self.folder / file, reading.text.encode())
        self._append(row)
        taken.add(row["article_id"])
        return file

    def _append(self, row: dict[str, str]) -> None:
        """Append a row; the rows that are there keep every cell, and their line ends."""
        old = self.sheet.read_bytes().decode("utf-8-sig") if self.sheet.is_file() else ""
        table = list(csv.reader(io.StringIO(old, newline="")))
        names = table[0] if table else []
        end = "\r\n" if "\r\n" in old else "\n"
        missing = [name for name in _COLUMNS if name not in names] if table else list(_COLUMNS)
        if missing:
            names = [*names, *missing]
            width = len(names)
            table = [names, *(cells + [""] * (width - len(cells)) for cells in table[1:] if cells)]
            old = _csv(table, end)
        elif not old.endswith(("\n", "\r")):
            old += end
        cells = _csv([[_safe_cell(row.get(name, "")) for name in names]], end)
        draft = self.sheet.with_name(f".{DATASHEET}.new")
        draft.write_bytes((old + cells).encode())
        draft.replace(self.sheet)
        self.rows.append(row)


def _row(reading: Reading, file: str, original: str, sha256: str, note: str) -> dict[str, str]:
    fields, found = reading.fields, reading.found
    published = fields.get("published", "")
    earliest, latest = edtf_bounds(published) if published else ("", "")
    how = [f"{field}: {found[field]}" for field in (*_CELLS.values(), "language") if field in found]
    unknown = [field for field in ("title", "author", "outlet", "url") if field not in fields]
    how += [f"not found: {', '.join(unknown)}"] if unknown else []
    return {
        "file": file,
        "article_id": "",
        **{column: fields.get(field, "") for column, field in _CELLS.items()},
        "publication_date": published,
        "date_earliest": earliest,
        "date_latest": latest,
        "date_basis": _basis(published, found.get("published", "")),
        "date_evidence": found.get("published", "no date was found"),
        "chars_raw": str(len(reading.text)),
        "words_raw": str(len(reading.text.split())),
        "language": fields.get("language", ""),
        "original": original,
        "sha256_original": sha256,
        "note": "; ".join(filter(None, (*how, *reading.remarks, note))),
    }


def _basis(published: str, where: str) -> str:
    if not published:
        return ""
    return "inferred" if where.startswith("htmldate") else "explicit"


def _stem(reading: Reading, name: str, sha256: str) -> str:
    """Name a text after its file, in lower-case words of any script joined by hyphens."""
    words = unicodedata.normalize("NFC", PurePath(name).stem).casefold()
    stem = re.sub(r"[\W_]+", "-", words).strip("-")
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    stem = stem.strip("-") or "article"
    return f"article-{stem}" if _DEVICES.match(stem) else stem


def _original_name(name: str) -> str:
    """Keep a file's name, but for what some system allows in no name."""
    name = _NOT_IN_NAMES.sub("_", name).lstrip(".").rstrip(". ")
    name = f"_{name}" if _DEVICES.match(name) else name
    suffix = PurePath(name).suffix
    stem = name.removesuffix(suffix)
    while len(stem.encode()) > 2 * _LONGEST_STEM:
        stem = stem[:-1]
    return f"{stem}{suffix}"


def _free_name(folder: Path, name: str, sha256: str) -> str:
    """Make a name unique by content, also where upper and lower case are one."""
    there = {fold(path.name) for path in folder.iterdir()} if folder.is_dir() else set()
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    choices = (name, *(f"{stem}-{sha256[:size]}{suffix}" for size in (8, 16, 32, 64)))
    for choice in choices:
        if fold(choice) not in there:
            return choice
    raise Refused(f"{name!r} stands in {folder.name} already, under every name that it could have")


def _write_new(path: Path, content: bytes) -> None:
    with path.open("xb") as file:  # fails rather than write over anything
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _safe_cell(value: str) -> str:
    # A spreadsheet runs a cell that begins like a formula; a space before it is stripped on
    # reading, so the value stays what it is.
    return f" {value}" if value[:1] in ("=", "+", "-", "@") else value


def _csv(table: list[list[str]], end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerows(table)
    return text.getvalue()


def ids_of(*stores: Store) -> set[str]:
    """Give the ids that the datasheets of several folders have."""
    return {row.get("article_id", "") for store in stores for row in store.rows} - {""}


def same_source(row: Mapping[str, str], reading: Reading) -> bool:
    """Tell whether an article says it is the same piece in the same place, saved twice."""
    return all(
        row.get(column, "") == reading.fields.get(field, "") for column, field in _CELLS.items()
    )
