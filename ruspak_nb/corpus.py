"""Load a folder of articles: texts untouched, datasheet checked, zones told apart."""

import hashlib
import html
import json
import re
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import pandas as pd
from tqdm import tqdm

from ruspak_nb.intervals import edtf_bounds
from ruspak_nb.reprints import find_reprints
from ruspak_nb.schema import ZONES, build_frame, suggest
from ruspak_nb.sheets import SheetError, collect, read_sheet
from ruspak_nb.zones import find_zones, zones_named

DATASHEET = "documents.csv"
# Of a project: its texts, and the files that they were taken from.
ARTICLES, ORIGINALS = "seeds", "originals"
# Column of the datasheet -> column of the `articles` frame.
METADATA = {
    "title": "title",
    "author": "author",
    "outlet": "outlet",
    "outlet_url": "url",
    "publication_date": "published",
    "date_earliest": "published_earliest",
    "date_latest": "published_latest",
    "date_basis": "published_basis",
    "genre": "genre",
    "viewpoint": "viewpoint",
}
COLUMNS = (
    "file",
    "article_id",
    *METADATA,
    "date_evidence",
    "genre_detail",
    "author_country_affiliation",
    "chars_raw",
    "words_raw",
    "words_without_boilerplate",
    "boilerplate_spans",
    "note",
)
# What `ruspak add` writes down besides: a datasheet made by hand does without them.
ADDED_COLUMNS = ("language", "original", "sha256_original")


# What an article_id looks like.
CITABLE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What becomes of a text that stands in the corpus already.
REPRINTS = ("link", "keep")


class CorpusError(SheetError):
    """Faults in a corpus folder or its datasheet: file, row, value and the likely fix."""


@dataclass(frozen=True)
class Corpus:
    """Articles as they stand in their files, with datasheet and zones.

    `articles` and `zones` are frames of the schema, in order of publication; `texts`
    maps each `article_id` to its decoded text, into which all offsets point. Each text is
    in them once: `reprints` has the columns of `articles`, `reprint_of` (the `article_id` of
    the oldest article with this text) and `similarity` (share of what is reprinted, see
    `find_reprints`), a row for each article left out because its text is there already.
    """

    articles: pd.DataFrame
    zones: pd.DataFrame
    texts: Mapping[str, str] = field(repr=False)
    reprints: pd.DataFrame = field(default_factory=lambda: _reprint_frame([]))

    def __len__(self) -> int:
        return len(self.articles)

    @property
    def summary(self) -> str:
        """How much there is: "12 articles, 10 distinct texts, 3,120 words of body text"."""
        n, words = len(self) + len(self.reprints), int(self.articles["n_words"].sum())
        files = f"{n} article{'' if n == 1 else 's'}"
        distinct = f"{len(self)} distinct text{'' if len(self) == 1 else 's'}, "
        shown = f"{files}, {distinct if len(self.reprints) else ''}"
        return f"{shown}{words:,} words of body text"

    def __repr__(self) -> str:
        return f"<Corpus: {self.summary}>"

    def with_body(self, *zones: str) -> Self:
        """Give the same corpus as if these zones belonged to the body: "teaser", "title".

        Raises ValueError if a zone is unknown.
        """
        for zone in zones:
            if zone not in ZONES:
                raise ValueError(f"unknown zone {zone!r}; {suggest(zone, ZONES)}")
        joined = self.zones["zone"].where(~self.zones["zone"].isin(zones), "body")
        return replace(self, zones=self.zones.assign(zone=joined))

    def _repr_html_(self) -> str:
        shown = self.articles[["article_id", "published", "author", "outlet", "n_words"]]
        tables = [f"<p>{html.escape(self.summary)}</p>{shown.to_html(index=False, border=0)}"]
        if len(self.reprints):
            columns = ["article_id", "reprint_of", "similarity", "published", "outlet"]
            left_out = self.reprints[columns].to_html(
                index=False, border=0, float_format="{:.2f}".format
            )
            tables.append(f"<p>reprints, counted once</p>{left_out}")
        return "".join(tables)


def load_corpus(
    path: str | Path | Sequence[str | Path] | None = None,
    *,
    encoding: str = "utf-8",
    reprints: str = "link",
) -> Corpus:
    """Load the articles of a folder, in order of publication.

    `path` is a folder of `.txt` files with or without a `documents.csv`, one `.txt`
    file, or several of either; without it, the five articles of this package. A file that
    the datasheet does not list is loaded with empty metadata and counted in a warning;
    an empty file is left out and counted in a warning. An article that reprints an older one
    (undated ones are the latest, then the file name decides) is not among the `articles`, so
    that every count has each text once, but in `Corpus.reprints`; with `reprints="keep"` it
    is an article like any other.

    Raises ValueError if `reprints` is neither. Raises CorpusError, with all faults, each with
    file, row, value and the likely fix, if a listed file is missing or lies outside the folder,
    a file is not in `encoding` (with the byte's position), a column or date is unknown, two
    files share an `article_id`, or there is no article at all.
    """
    if reprints not in REPRINTS:
        raise ValueError(f"unknown reprints {reprints!r}; {suggest(reprints, REPRINTS)}")
    sources = [seeds_folder()] if path is None else _as_list(path)
    rows: list[dict[str, Any]] = []
    faults: list[str] = []
    for source in map(Path, sources):
        with collect(faults):
            rows += _read_source(source, encoding, faults)
    with collect(faults):
        _check_read_once(rows)
    _name_articles(rows, faults)
    if faults:
        raise CorpusError(*faults)
    if not rows:
        raise CorpusError(
            f"no article in {', '.join(map(str, sources))}: there must be at least one "
            "`.txt` file with text in it; folders within a folder are named one by one"
        )
    rows.sort(key=lambda row: (row["published_earliest"] or "9999", row["file"]))
    rows, left_out = _part_reprints(rows) if reprints == "link" else (rows, [])
    zones = [zone for row in rows for zone in row.pop("zones")]
    return Corpus(
        articles=build_frame("articles", rows),
        zones=build_frame("zones", zones),
        texts=MappingProxyType({row["article_id"]: row["content"] for row in rows}),
        reprints=_reprint_frame(left_out),
    )


def _part_reprints(
    rows: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part articles, from the oldest, into those with a text of their own and reprints."""
    bodies = ["\n".join(z["text"] for z in row["zones"] if z["zone"] == "body") for row in rows]
    found = {reprint.text: reprint for reprint in find_reprints(bodies)}
    left_out = [
        rows[place]
        | {"reprint_of": rows[found[place].reprint_of]["article_id"]}
        | {"similarity": found[place].similarity}
        for place in found
    ]
    return [row for place, row in enumerate(rows) if place not in found], left_out


def _reprint_frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frame = build_frame("articles", rows)
    frame.insert(1, "reprint_of", pd.Series([row["reprint_of"] for row in rows], dtype="str"))
    similar = pd.Series([row["similarity"] for row in rows], dtype="float64")
    frame.insert(2, "similarity", similar)
    return frame


def seeds_folder() -> Path:
    """Give the folder of the five articles, in a checkout or in an installed package."""
    package = Path(__file__).parent
    installed = package / "seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def _check_read_once(rows: Iterable[Mapping[str, Any]]) -> None:
    seen: set[Path] = set()
    for row in rows:
        if row["path"] in seen:
            raise CorpusError(f"{row['path']} is named twice; name its folder or the file")
        seen.add(row["path"])


def _as_list(path: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    return [path] if isinstance(path, str | Path) else path


def _read_source(source: Path, encoding: str, faults: list[str]) -> list[dict[str, Any]]:
    if source.is_dir():
        folder, files = source, _text_files(source)
    elif source.is_file():
        folder, files = source.parent, [source]
    else:
        raise CorpusError(f"{source}: no such folder or file; name a folder of `.txt` files")
    sheet = folder / DATASHEET
    wrong: list[str] = []
    listed = _read_datasheet(sheet, wrong) if sheet.is_file() else {}
    faults += wrong
    if source.is_file():
        listed = {file: row for file, row in listed.items() if file.samefile(source)}
    known = {file.resolve() for file in listed}
    unlisted = [file for file in files if file.resolve() not in known]
    # Of a datasheet with faults it cannot be said what it lists.
    if sheet.is_file() and unlisted and not wrong:
        _warn(
            f"{len(unlisted)} file(s) not listed in {DATASHEET}, loaded without metadata", unlisted
        )
    pairs = [*listed.items(), *((file, {}) for file in unlisted)]
    pairs.sort(key=lambda pair: pair[0].name)
    rows, empty = [], []
    for file, meta in tqdm(pairs, desc="reading", unit=" articles", disable=None, leave=False):
        with collect(faults):
            row = _read_article(folder, file, meta, encoding)
            if row is None:
                empty.append(file)
            else:
                rows.append(row)
    if empty:
        _warn(f"left out {len(empty)} empty file(s)", empty)
    return rows


def _text_files(folder: Path) -> list[Path]:
    # A name that begins with a dot is the file system's own, such as macOS' "._a.txt".
    names = (path for path in folder.iterdir() if not path.name.startswith("."))
    files = sorted(path for path in names if path.suffix.lower() == ".txt")
    broken = [path for path in files if path.is_symlink() and not _is_file(path)]
    if broken:
        raise CorpusError(f"{broken[0].name} is a link that leads nowhere; delete it or mend it")
    return [path for path in files if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, RuntimeError, ValueError):  # a link to itself, a name no file can have
        return False


def _warn(what: str, files: Sequence[Path]) -> None:
    """Warn once of all files to which the same thing happened."""
    names = ", ".join(file.name for file in files[:5])
    more = "" if len(files) <= 5 else ", …"
    warnings.warn(f"{what}: {names}{more}", stacklevel=4)


def _read_datasheet(path: Path, faults: list[str]) -> dict[Path, dict[str, str]]:
    """Read `documents.csv`: file -> its row, with the row's number under `_row`."""
    rows: dict[Path, dict[str, str]] = {}
    seen: dict[Path, str] = {}
    with collect(faults):
        for number, row in read_sheet(
            path, (*COLUMNS, *ADDED_COLUMNS), needed=("file",), error=CorpusError
        ):
            with collect(faults):
                file = _listed(path, number, row, seen)
                seen[file.resolve()] = str(number)
                rows[file] = {**row, "_row": str(number)}
    return rows


def _listed(path: Path, number: int, row: Mapping[str, str], seen: Mapping[Path, str]) -> Path:
    where = f"{path.name}, row {number}"
    if not row["file"]:
        raise CorpusError(f"{where}: `file` is empty; name the file")
    file = _inside(path.parent, row["file"], where)
    if file.resolve() in seen:
        raise CorpusError(
            f"{where}: {row['file']!r} is listed already in row {seen[file.resolve()]}; "
            "delete one of the two"
        )
    return file


def _inside(folder: Path, name: str, where: str) -> Path:
    path = folder / name
    if Path(name).is_absolute() or not _lies_in(folder, path):
        raise CorpusError(f"{where}: file {name!r} leaves the folder {folder}; copy it there")
    if not _is_file(path):
        raise CorpusError(
            f"{where}: file {name!r} is not in {folder}; add the file or delete the row"
        )
    return path


def _lies_in(folder: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return True  # no such file, which is said better elsewhere


def _read_article(
    folder: Path, file: Path, meta: Mapping[str, str], encoding: str
) -> dict[str, Any] | None:
    if not _lies_in(folder, file):
        raise CorpusError(
            f"{file.name} is a link out of the folder {folder}; copy the file into it"
        )
    raw = file.read_bytes()
    text = _decode(raw, file, encoding)
    if not text.replace("\ufeff", "").strip():
        return None
    where = f"{DATASHEET}, row {meta['_row']} ({file.name})" if meta else file.name
    return read_text(text, meta, where) | {
        "file": file.relative_to(folder).as_posix(),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "path": file.resolve(),
        "where": where,
    }


def read_text(text: str, meta: Mapping[str, str], where: str) -> dict[str, Any]:
    """Give the row of a text: its metadata with checked dates, its zones and its words.

    `meta` has any of the columns of the datasheet; `zones` lack their `article_id`, and the row
    lacks what only a file has, `file` and `sha256`. Raises CorpusError, `where` before each
    fault, if a date or a span is none.
    """
    row: dict[str, Any] = {column: meta.get(key, "") for key, column in METADATA.items()}
    faults: list[str] = []
    spans: list[tuple[int, int, list[str]]] = []
    with collect(faults):
        _fill_dates(row, where)
    with collect(faults):
        spans = _spans(meta, text, where)
    if faults:
        raise CorpusError(*faults)
    zones = find_zones(text, title=row["title"], author=row["author"], spans=spans)
    body = [text[zone.start : zone.end] for zone in zones if zone.zone == "body"]
    return row | {
        "article_id": meta.get("article_id", ""),
        "n_words": sum(len(piece.split()) for piece in body),
        "content": text,
        "zones": [
            {"start": z.start, "end": z.end, "text": text[z.start : z.end], "zone": z.zone}
            for z in zones
        ],
    }


def _decode(raw: bytes, file: Path, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        likely = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "cp1252"
        raise CorpusError(
            f"{file.name} is not {encoding}: byte 0x{raw[error.start]:02x} at position "
            f"{error.start}; save it as UTF-8, or name its encoding, as in "
            f"load_corpus(path, encoding={likely!r})"
        ) from None
    except LookupError:
        raise CorpusError(f"no encoding {encoding!r}; try 'utf-8', 'cp1252' or 'latin-1'") from None


def _fill_dates(row: dict[str, Any], where: str) -> None:
    """Check the publication date and derive the bounds that the datasheet leaves out."""
    bounds = {}
    faults = []
    for column in ("published", "published_earliest", "published_latest"):
        if row[column]:
            try:
                bounds[column] = edtf_bounds(row[column])
            except ValueError as error:
                faults.append(f"{where}: {error}")
    if faults:
        raise CorpusError(*faults)
    earliest, latest = bounds.get("published", ("", ""))
    row["published_earliest"] = bounds.get("published_earliest", (earliest, ""))[0]
    row["published_latest"] = bounds.get("published_latest", ("", latest))[1]
    if row["published_latest"] and row["published_earliest"] > row["published_latest"]:
        raise CorpusError(
            f"{where}: published_earliest {row['published_earliest']} is after "
            f"published_latest {row['published_latest']}; swap date_earliest and date_latest"
        )


def _spans(meta: Mapping[str, str], text: str, where: str) -> list[tuple[int, int, list[str]]]:
    """Read the hand-made spans: `[{"start": 0, "end": 15, "reason": "…"}]`, or with `zone`."""
    given = meta.get("boilerplate_spans", "")
    if not given:
        return []
    try:
        spans = [
            (item["start"], item["end"], item.get("zone") or item["reason"])
            for item in _checked_list(json.loads(given))
        ]
        if not all(map(_is_span, spans)):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CorpusError(
            f"{where}: boilerplate_spans {given[:60]!r} is not a JSON list of objects with "
            "whole numbers `start` and `end`, and a `reason` or `zone` in words"
        ) from None
    checked, last = [], 0
    for start, end, said in spans:
        if not last <= start < end <= len(text):
            raise CorpusError(
                f"{where}: boilerplate span {start}-{end} overlaps the one before it or leaves "
                f"the text of {len(text)} code points; count again in the file as it is"
            )
        last = end
        try:
            checked.append((start, end, [said] if said in ZONES else zones_named(said)))
        except ValueError as error:
            raise CorpusError(f"{where}: boilerplate span {start}-{end}: {error}") from None
    return checked


def _checked_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError
    return value


def _is_span(span: tuple[object, object, object]) -> bool:
    start, end, said = span
    return type(start) is int and type(end) is int and isinstance(said, str)


def _name_articles(rows: Sequence[dict[str, Any]], faults: list[str]) -> None:
    """Give every article its citable id: the datasheet's, else author or outlet and year."""
    taken: dict[str, str] = {}
    for row in rows:
        given = row["article_id"]
        if not given:
            continue
        if not CITABLE.fullmatch(given):
            faults.append(
                f"{row['where']}: article_id {given!r} must be lower-case words joined by "
                f"hyphens, such as {_slug(given) or 'rana-2017'!r}"
            )
        elif given in taken:
            faults.append(
                f"{row['where']}: article_id {given!r} is already that of {taken[given]}; "
                f"name this one {given}b"
            )
        taken[given] = row["file"]
    for row in rows:
        if not row["article_id"]:
            row["article_id"] = name_article(row, taken)
            taken[row["article_id"]] = row["file"]
    for row in rows:
        for zone in row["zones"]:
            zone["article_id"] = row["article_id"]


def name_article(row: Mapping[str, Any], taken: Collection[str]) -> str:
    """Give an article a citable id that is not `taken`: author or outlet and year.

    Needs `author`, `outlet`, `file`, `published_earliest`.
    """
    return _free(citable_name(row), taken)


def citable_name(row: Mapping[str, Any]) -> str:
    """Name an article after its author or outlet and year, or after its file.

    Needs `author`, `outlet`, `file`, `published_earliest`.
    """
    author, outlet = _slug(row["author"]), _slug(row["outlet"])
    name = author.split("-")[-1] if author else "-".join(outlet.split("-")[:2])
    if not name:
        return _slug(Path(row["file"]).with_suffix("").as_posix()) or "article"
    year = row["published_earliest"][:4]
    return f"{name}-{year}" if year else name


def _slug(value: str) -> str:
    value = value.replace("’", "").replace("'", "")
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _free(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    return next(
        candidate
        for candidate in (f"{name}{_letters(number)}" for number in range(1, len(taken) + 2))
        if candidate not in taken
    )


def _letters(number: int) -> str:
    """Count b, c, … z, then b1, c1 and so on, as citations of one year do."""
    letter = chr(ord("a") + 1 + (number - 1) % 25)
    round_ = (number - 1) // 25
    return letter + (str(round_) if round_ else "")
