"""Read and write codings as CSV: one file a layer, or one row a coding."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.codebook import Codebook, load_themes
from ruspak_nb.exchange.placing import Coded, build_codings, find_article
from ruspak_nb.exchange.staging import staged_folder
from ruspak_nb.exchange.vocabulary import (
    CODED,
    LAYERS,
    CodeNames,
    Codings,
    ExchangeError,
    note_columns,
    read_note,
    warn_unknown,
)
from ruspak_nb.schema import suggest
from ruspak_nb.sheets import read_sheet

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

COLUMNS = ("article_id", "start", "end", "text", "code", "coder", "note")
_PLACE = ("article_id", "start", "end")
_NEEDED = (*_PLACE, "code")
UNNAMED = "unnamed"


def read_coded(path: Path, notes: "Annotations", *, codebook: Codebook | None = None) -> Codings:
    """Read a folder with a file a layer (`themes.csv`), or one file with a coding a row.

    The folder has the columns of the schema, of which those that follow from others may be
    left out. The one file has `article_id`, `start`, `end`, `code`, and where wanted `text`,
    `coder` and `note`. See `import_codings`.
    """
    if path.is_dir():
        files = [path / f"{layer}.csv" for layer in LAYERS if (path / f"{layer}.csv").is_file()]
        if not files:
            raise ExchangeError(
                f"{path} holds no file of a layer; it needs one of "
                f"{', '.join(f'{layer}.csv' for layer in LAYERS)}"
            )
        return build_codings(_read_folder(path, files, notes), notes)
    names = CodeNames(load_themes(codebook.path if codebook else None))
    return build_codings(list(_read_rows(path, notes, names)), notes)


def save_codings(codings: Codings, folder: Path) -> list[Path]:
    """Write the frames of each coder as CSV, a folder a coder if there are several."""
    paths = []
    for coder, frames in codings.items():
        inside = folder / _folder_name(coder, codings) if len(codings) > 1 else folder
        with staged_folder(inside) as scratch:
            for layer, frame in frames.items():
                # Quoted, because a lone carriage return in a text would end its row.
                frame.to_csv(
                    scratch / f"{layer}.csv",
                    index=False,
                    lineterminator="\n",
                    quoting=csv.QUOTE_NONNUMERIC,
                )
                paths.append(inside / f"{layer}.csv")
    return paths


def _folder_name(coder: str, codings: Codings) -> str:
    names = ["".join(c if c.isalnum() else "-" for c in each).casefold() for each in codings]
    name = names[list(codings).index(coder)]
    if not name.strip("-") or names.count(name) > 1:
        return f"coder-{list(codings).index(coder) + 1}"
    return name


def _read_folder(folder: Path, files: list[Path], notes: "Annotations") -> Iterator[Coded]:
    renamed = _by_content(folder / "articles.csv", notes)
    for file in files:
        layer, frame = file.stem, _frame(file)
        missing = [name for name in (*_PLACE, *CODED[layer]) if name not in frame.columns]
        if missing:
            raise ExchangeError(f"{file.name}: column(s) missing: {', '.join(missing)}")
        columns = [c for c in (*CODED[layer], *note_columns(layer)) if c in frame.columns]
        for number, row in enumerate(frame.to_dict("records"), start=1):
            named = renamed.get(row["article_id"], row["article_id"])
            where = f"{file.name}, row {number}"
            article_id, start, end = _place({**row, "article_id": named}, notes, where)
            values = {column: row[column] for column in columns}
            yield Coded(UNNAMED, article_id, start, end, layer, values)


def _frame(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(file, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, UnicodeDecodeError) as error:
        raise ExchangeError(f"{file.name} is no CSV file in UTF-8: {error}") from None


def _by_content(file: Path, notes: "Annotations") -> dict[str, str]:
    """Give our id of each article that their list names otherwise, by the hash of its file."""
    if not file.is_file():
        return {}
    articles = notes.corpus.articles
    ours = dict(zip(articles["sha256"], articles["article_id"], strict=True))
    listed = _frame(file)
    if not {"article_id", "sha256"} <= set(listed.columns):
        return {}
    pairs = listed[["article_id", "sha256"]].itertuples(index=False)
    return {theirs: ours[sha256] for theirs, sha256 in pairs if sha256 in ours}


def _read_rows(path: Path, notes: "Annotations", names: CodeNames) -> Iterator[Coded]:
    unknown: Counter[str] = Counter()
    for number, row in read_sheet(path, COLUMNS, needed=_NEEDED, error=ExchangeError):
        meaning = names.read([row["code"]])
        if meaning is None:
            unknown[row["code"]] += 1
            continue
        article_id, start, end = _place(row, notes, f"{path.name}, row {number}")
        layer, values = meaning
        values = read_note(layer, [row.get("note", "")]) | values
        yield Coded(row.get("coder") or UNNAMED, article_id, start, end, layer, values)
    warn_unknown(unknown)


def _place(row: Mapping[str, Any], notes: "Annotations", where: str) -> tuple[str, int, int]:
    """Check a span against its text, and give it with the id of its article here."""
    named = row["article_id"]
    texts = notes.corpus.texts
    article_id = named if named in texts else find_article(notes.corpus, named)
    if article_id not in texts:
        raise ExchangeError(f"{where}: no article {named!r}; {suggest(named, texts)}")
    text = texts[article_id]
    try:
        start, end = int(row["start"]), int(row["end"])
    except ValueError:
        raise ExchangeError(
            f"{where}: start {row['start']!r} and end {row['end']!r} are no whole numbers"
        ) from None
    if not 0 <= start < end <= len(text):
        raise ExchangeError(
            f"{where}: the span {start}-{end} is empty, ends before it starts or leaves the text "
            f"of {article_id!r}, of {len(text):,} characters"
        )
    quoted, said = row.get("text", "").strip(), text[start:end].strip()
    if quoted and quoted != said:
        at = next((n for n, (a, b) in enumerate(zip(quoted, said, strict=False)) if a != b), 0)
        raise ExchangeError(
            f"{where}: {article_id!r} is not the text that was coded: from position {start + at} "
            f"{quoted[at : at + 20]!r} there and {said[at : at + 20]!r} here; name the corpus on "
            "which it was coded with --corpus"
        )
    return article_id, start, end
