"""Write all frames and texts as a Frictionless data package, which describes itself."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ruspak_nb.annotation import save_annotations
from ruspak_nb.exchange.staging import staged_folder
from ruspak_nb.schema import (
    DATE_BASES,
    FRAMES,
    LABELS,
    MODALITIES,
    PLOVER,
    QUAD_CLASSES,
    QUOTE_KINDS,
    ZONES,
)

if TYPE_CHECKING:
    from ruspak_nb.annotation import Annotations

DESCRIPTOR = "datapackage.json"
_TYPES = {"str": "string", "int64": "integer", "bool": "boolean"}
_MEDIA = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_ALLOWED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("zones", "zone"): ZONES,
    ("mentions", "label"): LABELS,
    ("dates", "basis"): DATE_BASES,
    ("quotes", "kind"): QUOTE_KINDS,
    ("events", "plover"): tuple(PLOVER),
    ("events", "quad_class"): tuple(QUAD_CLASSES),
    ("events", "modality"): MODALITIES,
}
_KEYS = {"articles": "article_id", "sentences": "sentence_id"}
_ABOUT = {
    "articles": "One row an article",
    "zones": "One row a part of a page, such as body, title or comment form",
    "sentences": "One row a sentence of a body",
    "mentions": "One row a name or date, where it is named",
    "themes": "One row a finding of a theme in a sentence",
    "dates": "One row an expression of time, with what it means",
    "quotes": "One row a quotation, with who is quoted",
    "events": "One row an act: who does what to whom, and in which mood it is said",
}


def write_package(notes: "Annotations", path: Path, *, format: str) -> list[Path]:
    """Write a file a frame, the texts under `texts/`, and `datapackage.json`.

    The texts are UTF-8 and exactly what the offsets count. The descriptor has the type and
    meaning of each column, keys, hashes and the sources; it names no licence, since that of
    the articles is their owners' to give.
    """
    with staged_folder(path) as scratch:
        tables = save_annotations(notes, scratch, format=format)
        resources = [_table(file, format) for file in tables]
        (scratch / "texts").mkdir()
        for article_id, text in notes.corpus.texts.items():
            file = scratch / "texts" / f"{article_id}.txt"
            file.write_bytes(text.encode("utf-8"))
            resources.append(_text(file, notes.corpus.articles, article_id))
        package = {
            "profile": "data-package",
            "name": "ruspak-annotations",
            "title": "Annotated articles",
            "description": f"{notes.source}. Offsets count Unicode code points of `texts/`. "
            "The texts are their authors' and publishers'; no licence is given for them here.",
            "sources": _sources(notes.corpus.articles),
            "resources": resources,
        }
        written = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
        (scratch / DESCRIPTOR).write_text(written, encoding="utf-8", newline="\n")
    return [path / name for name in (DESCRIPTOR, *(each["path"] for each in resources))]


def _table(file: Path, format: str) -> dict[str, Any]:
    name = file.stem
    schema: dict[str, Any] = {
        "fields": [_field(name, column, dtype) for column, dtype in FRAMES[name].items()],
        # An empty cell is an empty text: "no speaker" is known, not missing.
        "missingValues": [],
    }
    if name in _KEYS:
        schema["primaryKey"] = [_KEYS[name]]
    schema["foreignKeys"] = [
        {"fields": [key], "reference": {"resource": frame, "fields": [key]}}
        for frame, key in _KEYS.items()
        if frame != name and key in FRAMES[name]
    ]
    about: dict[str, Any] = {"name": name, "path": file.name, "description": _ABOUT[name]}
    about |= {"format": format, "mediatype": _MEDIA[format]}
    # The standard knows tables as text; of Parquet, a validator checks the file alone.
    if format == "parquet":
        about |= {"type": "file", "profile": "data-resource"}
    else:
        about |= {"type": "table", "profile": "tabular-data-resource", "encoding": "utf-8"}
    return about | _stamp(file) | {"schema": schema}


def _field(frame: str, column: str, dtype: str) -> dict[str, Any]:
    about: dict[str, Any] = {
        "name": column,
        "type": _TYPES[dtype],
        "description": describe_column(frame, column),
    }
    if (frame, column) in _ALLOWED:
        about["constraints"] = {"enum": list(_ALLOWED[frame, column])}
    return about


def describe_column(frame: str, column: str) -> str:
    """Say what a column of a frame holds. Raises KeyError if nobody has written it down."""
    described = _descriptions()
    return described.get((frame, column)) or described["", column]


@cache
def _descriptions() -> dict[tuple[str, str], str]:
    with (files("ruspak_nb") / "exchange" / "columns.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    return {(row.frame, row.column): row.description for row in table.itertuples(index=False)}


def _text(file: Path, articles: pd.DataFrame, article_id: str) -> dict[str, Any]:
    title = articles.set_index("article_id").loc[article_id, "title"]
    return {
        "name": f"text-{article_id}",
        "path": f"texts/{file.name}",
        "title": title or article_id,
        "profile": "data-resource",
        "format": "txt",
        "mediatype": "text/plain",
        "encoding": "utf-8",
        **_stamp(file),
    }


def _stamp(file: Path) -> dict[str, Any]:
    data = file.read_bytes()
    return {"hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}


def _sources(articles: pd.DataFrame) -> list[dict[str, str]]:
    return [
        {"title": row["title"] or row["article_id"]}
        # What is no address is left where it was: in the frame.
        | ({"path": row["url"]} if row["url"].startswith(("http://", "https://")) else {})
        for row in articles.to_dict("records")
    ]
